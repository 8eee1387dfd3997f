import { cp, mkdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { loadModel } from '../../../pipeline/files/model/model-dir.ts';
import { placeOfHook } from '../../../pipeline/sae/formats/hook.ts';
import { findSaes, listSaes, loadSae, selectSaes } from '../../../pipeline/sae/formats/sae-dir.ts';
import { temporaryFolder } from '../../files/temporary-folder.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/saes');

/** A folder of copies of the published formats' SAEs, at the paths given. */
async function tree(copies: Readonly<Record<string, string>>, files: Readonly<Record<string, unknown>> = {}) {
  const root = await temporaryFolder(files);
  for (const [to, from] of Object.entries(copies)) {
    await mkdir(dirname(join(root, to)), { recursive: true });
    await cp(join(fixtures, from), join(root, to), { recursive: true });
  }
  return root;
}

const gemma = 'gemma-scope-2b-pt-att';

test('a Gemma Scope tree is read as it is downloaded, with the width and L0 of its path', async () => {
  const { sources, notes } = await findSaes(join(fixtures, gemma));
  expect(notes).toEqual([]);
  expect(sources.map(({ config }) => config)).toMatchObject([
    { layer: 0, site: 'z', dIn: 8, dSae: 14, width: '16k', l0: '12', training: { modelName: 'google/gemma-2-2b' } },
    { layer: 1, site: 'z', width: '16k', l0: 'canonical', training: { contextSize: 1024 } },
  ]);
  expect(sources.map(({ configPath }) => configPath)).toEqual([undefined, undefined]);
  const inside = await listSaes(join(fixtures, gemma, 'layer_1'));
  expect(inside).toMatchObject([{ layer: 1 }]);
  expect((await Promise.all(sources.map(loadSae))).map(({ source }) => source)).toEqual([
    'saes/layer_0/width_16k/average_l0_12',
    'saes/layer_1/width_16k/canonical',
  ]);
});

test('a cfg.json written by hand changes nothing in a Gemma Scope tree', async () => {
  const cfg = { d_in: 8, d_sae: 14, hook_name: 'blocks.5.attn.hook_z', apply_b_dec_to_input: true };
  const root = await tree({ g: gemma }, { 'g/layer_0/width_16k/average_l0_12/cfg.json': cfg });
  const [first] = await listSaes(root);
  expect(first?.layer).toBe(0);
  expect(first && (await loadSae(first)).subtractDecoderBias).toBe(false);
});

test('what is not of an attention output is left out with one line, in trees that mix sites and libraries', async () => {
  const sparse = { d_in: 8, num_latents: 14, k: 4 };
  const root = await tree(
    {
      [gemma]: gemma,
      'gemma-scope-2b-pt-res/layer_0': `${gemma}/layer_0`,
      'gemma-scope-2b-pt-mlp/layer_0': `${gemma}/layer_0`,
      'saelens/a': 'saelens/standard',
      'pythia/layers.1.attention': 'sparsify/layers.1.attention',
      'scope2/attn_out': 'gemma-scope-2-1b-pt/attn_out',
    },
    {
      'saelens/b/cfg.json': { d_in: 8, d_sae: 14, hook_name: 'blocks.0.hook_resid_pre' },
      'pythia/layers.1.mlp/cfg.json': sparse,
      'pythia/layers.1.mlp/sae.safetensors': '',
      'dictionary/resid_post_layer_3/trainer_0/ae.pt': '',
      'scope2/resid_post/layer_7_width_16k_l0_small/params.safetensors': '',
      'scope2/transcoder/layer_7_width_16k_l0_small/config.json': {
        ...{ hf_hook_point_in: 'model.layers.7.pre_feedforward_layernorm.output', affine_connection: true },
      },
      'scope2/transcoder/layer_7_width_16k_l0_small/params.safetensors': '',
      'llama/Llama3_1-8B-Base-L0R-8x/hyperparams.json': {
        ...{ hook_point_in: 'blocks.0.hook_resid_post', d_model: 8, d_sae: 14, act_fn: 'jumprelu' },
      },
    },
  );
  const { sources, notes } = await findSaes(root);
  expect(sources.map(({ layer, config: { site } }) => [layer, site])).toEqual([
    [0, 'z'],
    [0, 'z'],
    [0, 'z'],
    [1, 'attn_out'],
    [1, 'z'],
  ]);
  expect(notes).toEqual([expect.stringMatching(/^left out 8 saes of .+ and \d more: not of attention outputs$/)]);
});

test('a folder with nothing of an attention output is an error that says what it has', async () => {
  const root = await tree({ 'gemma-scope-9b-pt-res': gemma });
  await expect(listSaes(root)).rejects.toThrow(/^no sae of an attention output: 2 saes of Gemma Scope's res \(/);
});

test.each([
  ['blocks.5.attn.hook_z', { layer: 5, site: 'z' }],
  ['blocks.5.attn.o.hook_in', { layer: 5, site: 'z' }],
  ['blocks.5.hook_attn_out', { layer: 5, site: 'attn_out' }],
  ['blocks.5.attn.hook_out', { layer: 5, site: 'attn_out', isModuleOutput: true }],
  ['blocks.5.ln1_post.hook_out', { layer: 5, site: 'attn_out', isNormOutput: true }],
  ['model.layers.5.post_attention_layernorm', { layer: 5, site: 'attn_out', isNormOutput: true }],
  ['model.layers.12.self_attn.o_proj.input', { layer: 12, site: 'z' }],
  ['model.language_model.layers.12.self_attn.o_proj.input', { layer: 12, site: 'z' }],
  ['model.layers.12.self_attn.o_proj', { layer: 12, site: 'attn_out', isModuleOutput: true }],
  ['model.layers.12.self_attn', { layer: 12, site: 'attn_out', isModuleOutput: true }],
  ['transformer.h.3.attn.c_proj.input', { layer: 3, site: 'z' }],
  ['transformer.h.3.attn.attention.out_proj.input', { layer: 3, site: 'z' }],
  ['gpt_neox.layers.4.attention', { layer: 4, site: 'attn_out', isModuleOutput: true }],
  ['gpt_neox.layers.4.attention.dense.input', { layer: 4, site: 'z' }],
  ['layers.4.attention', { layer: 4, site: 'attn_out', isModuleOutput: true }],
  ['h.0.attn', { layer: 0, site: 'attn_out', isModuleOutput: true }],
] as const)('the hook %s is %j', (hook, place) => {
  expect(placeOfHook(hook)).toEqual(place);
});

test('an attention module’s own output is a site before the norm that follows it, and the attention output without one', async () => {
  const sources = await listSaes(join(fixtures, 'sparsify/layers.1.attention'));
  const placed = async (family: string) => selectSaes(sources, await sized(family)).map(({ config }) => config.site);
  expect(await placed('gpt-neox')).toEqual(['attn_out']);
  expect(await placed('gemma-2')).toEqual(['attn_module']);
  expect(await placed('gemma-3')).toEqual(['attn_module']);
});

test('what post_attention_layernorm gives is an attention output where it follows W_O, and refused where the MLP reads it', async () => {
  const root = await tree({ 'layers.1.post_attention_layernorm': 'sparsify/layers.1.attention' });
  const sources = await listSaes(root);
  const [found] = selectSaes(sources, await sized('gemma-2'));
  expect(found?.config).toMatchObject({ layer: 1, site: 'attn_out' });
  const llama = await sized('llama');
  expect(() => selectSaes(sources, llama)).toThrow(/^sae of layer 1 reads the norm before the MLP, expected an /);
});

/** A family's config of two layers, with the widths of the SAEs here. */
async function sized(family: string) {
  const { config } = await loadModel(join(fixtures, '../families', family));
  return { ...config, nLayers: 2, nHeads: 2, dHead: 4, dModel: 8 };
}

test.each([
  'blocks.5.hook_resid_post',
  'blocks.5.attn.hook_q',
  'blocks.5.attn.hook_result',
  'blocks.5.hook_mlp_out',
  'model.layers.12',
  'model.layers.12.self_attn.input',
  'model.layers.12.self_attn.q_proj',
  'layers.12.mlp',
  'embed_tokens',
])('the hook %s is of no attention output', (hook) => {
  expect(placeOfHook(hook)).toBeUndefined();
});

test('the model and the contexts are those that each library writes down', async () => {
  const training = async (path: string) => (await listSaes(join(fixtures, path)))[0]?.config.training;
  expect(await training('saelens/gated')).toEqual({ prependBos: true, modelName: 'gpt2', contextSize: 32, notes: [] });
  expect(await training('dictionary-learning/topk')).toMatchObject({
    ...{ modelName: 'EleutherAI/pythia-70m-deduped', contextSize: 64 },
  });
  expect(await training('sparsify/layers.0.attention')).toMatchObject({
    ...{ modelName: 'EleutherAI/pythia-160m', contextSize: 48 },
  });
  expect(await training('gemma-scope-2-1b-pt')).toMatchObject({ modelName: 'gemma-v3-1b-pt', contextSize: 1024 });
  expect(await training('llama-scope')).toMatchObject({ modelName: 'meta-llama/Llama-3.1-8B', contextSize: 1024 });
});

test('sparsify’s SAEs of several seeds are told apart by them, and their run says what they were trained on', async () => {
  const run = { model: 'EleutherAI/pythia-160m', ctx_len: 48 };
  const seeds = ['seed0', 'seed1'].map((seed) => [`run/layers.1.attention/${seed}`, 'sparsify/layers.1.attention']);
  const root = await tree(Object.fromEntries(seeds), {
    'run/config.json': run,
    'run/layers.1.mlp/seed0/sae.safetensors': '',
  });
  const { sources, notes } = await findSaes(root);
  expect(sources.map(({ id }) => id)).toEqual(['1-seed0', '1-seed1']);
  expect(sources[1]?.config.training).toMatchObject({ modelName: run.model, contextSize: run.ctx_len });
  expect(notes).toEqual(['left out 1 sae of layers.1.mlp: not of attention outputs']);
});

test('SAEs below a folder that is one itself are found, whatever it is of', async () => {
  const root = await tree({ a: 'saelens/standard', 'a/below': 'saelens/gated' });
  expect((await listSaes(root)).map(({ weightsPath }) => relative(root, dirname(weightsPath))).toSorted()).toEqual([
    'a',
    'a/below',
  ]);
  const residual = { d_in: 8, d_sae: 14, hook_name: 'blocks.0.hook_resid_pre' };
  const mixed = await tree({ 'r/z': 'saelens/standard' }, { 'r/cfg.json': residual });
  expect(await listSaes(mixed)).toHaveLength(1);
});

test('a folder whose name ends in .pt is looked into like any other', async () => {
  const root = await tree({ 'v5_32k_layer_0.pt': 'saelens/layer-norm-topk' });
  expect(await listSaes(root)).toMatchObject([{ config: { site: 'z' } }]);
});

test('a SAELens config of another layer than its hook says so, and the hook decides', async () => {
  const cfg = { d_in: 4, d_sae: 2, hook_name: 'blocks.0.attn.hook_z', hook_layer: 1 };
  const root = await temporaryFolder({ 'cfg.json': cfg, 'sae_weights.safetensors': '' });
  expect(await listSaes(root)).toMatchObject([
    { layer: 0, config: { training: { notes: ['its config says layer 1, its hook 0, which is taken'] } } },
  ]);
});

test('what a format has and is not read is refused by name', async () => {
  const o = 'model.layers.0.self_attn.o_proj.input';
  const scope2 = (fields: object) => ({
    'attn_out/layer_0_width_16k_l0_small/config.json': { hf_hook_point_in: o, ...fields },
    'attn_out/layer_0_width_16k_l0_small/params.safetensors': '',
  });
  const sparse = (fields: object) => ({
    'layers.0.attn/cfg.json': { d_in: 8, num_latents: 14, k: 4, ...fields },
    'layers.0.attn/sae.safetensors': '',
  });
  const llama = (fields: object) => ({
    'L0A/hyperparams.json': {
      ...{ hook_point_in: 'blocks.0.hook_attn_out', d_model: 8, d_sae: 14, act_fn: 'jumprelu' },
      ...fields,
    },
  });
  const refused: [Readonly<Record<string, unknown>>, RegExp][] = [
    [scope2({ affine_connection: true }), /^unsupported affine skip connection: affine_connection is true/],
    [scope2({ architecture: 'topk' }), /^unsupported sae architecture: topk, expected jump_relu/],
    [
      scope2({ hf_hook_point_out: 'model.layers.0.output' }),
      /^unsupported transcoder: it writes model.layers.0.output/,
    ],
    [sparse({ transcode: true }), /^unsupported transcode: true/],
    [sparse({ skip_connection: true }), /^unsupported skip_connection: true/],
    [sparse({ activation: 'groupmax' }), /^unsupported activation: groupmax, expected topk/],
    [sparse({ signed: true }), /^unsupported signed: true/],
    [sparse({ k: 15 }), /^k is 15, expected at most d_sae 14/],
    [llama({ act_fn: 'topk' }), /^unsupported act_fn: topk/],
    [llama({}), /^missing jump_relu_threshold/],
    [llama({ jump_relu_threshold: 1, norm_activation: 'batch-wise' }), /^unsupported norm_activation: batch-wise/],
    [llama({ jump_relu_threshold: 1, norm_activation: 'dataset-wise' }), /^missing dataset_average_activation_norm/],
    [llama({ jump_relu_threshold: 1 }), /^missing file: checkpoints\/final.safetensors/],
  ];
  for (const [files, message] of refused) {
    await expect(listSaes(await temporaryFolder(files))).rejects.toThrow(message);
  }
});

/** dictionary_learning's own TopK file, with names of its tensors changed in place. */
async function topkFile(names: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const bytes = await readFile(join(fixtures, 'dictionary-learning/topk/ae.pt'));
  const entries = unzipSync(bytes);
  const [pickle = ''] = Object.keys(entries).filter((name) => name.endsWith('data.pkl'));
  let text = Buffer.from(entries[pickle] ?? []).toString('latin1');
  for (const [name, other] of Object.entries(names)) text = text.replace(pickled(name), pickled(other));
  return zipSync({ ...entries, [pickle]: Buffer.from(text, 'latin1') }, { level: 0 });
}

/** A string as a pickle has it: X, its length, its letters. */
const pickled = (text: string) => `X${String.fromCharCode(text.length)}\0\0\0${text}`;

test('a TopK dictionary has its k from the config, or from its tensors, and both have to agree', async () => {
  const place = { layer: 0, submodule_name: 'attn_out_layer_0' };
  const folder = async (names: Readonly<Record<string, string>>, trainer?: object) =>
    temporaryFolder({
      'layer_0/attn_out/ae.pt': await topkFile(names),
      ...(trainer && { 'layer_0/attn_out/config.json': JSON.stringify({ trainer }) }),
    });
  const k = async (path: string) => {
    const [listed] = await listSaes(path);
    return listed && (await loadSae(listed)).activation;
  };
  const named = { ...place, dict_class: 'AutoEncoderTopK' };
  expect(await k(await folder({}, named))).toMatchObject({ kind: 'topk', k: 4 });
  expect(await k(await folder({}, { ...named, k: 4 }))).toMatchObject({ k: 4 });
  expect(await k(await folder({ k: 'j' }, { ...named, k: 3 }))).toMatchObject({ k: 3 });
  // Written before a threshold was among the tensors, it is known for a TopK without any config.
  expect(await k(await folder({ threshold: 'thresholt' }))).toMatchObject({ kind: 'topk', k: 4 });
  await expect(folder({}, { ...named, k: 5 }).then(listSaes)).rejects.toThrow(/^k is 5, but 4 among the tensors/);
  await expect(folder({ k: 'j' }, named).then(listSaes)).rejects.toThrow(/^missing k of a topk sae/);
});

test("a dictionary's class is that of its tensors, and a TopK and a BatchTopK are told apart by the config alone", async () => {
  const folder = async (kind: string, trainer: object) =>
    tree(
      { 'd/ae.pt': `dictionary-learning/${kind}/ae.pt` },
      { 'd/config.json': { trainer: { layer: 0, ...trainer } } },
    );
  const at = { submodule_name: 'attn_out_layer_0' };
  await expect(listSaes(await folder('gated', { ...at, dict_class: 'AutoEncoder' }))).rejects.toThrow(
    /^dict_class is AutoEncoder, but the tensors are those of GatedAutoEncoder/,
  );
  await expect(listSaes(await folder('topk', at))).rejects.toThrow(/^missing dict_class, expected AutoEncoderTopK or/);
  await expect(listSaes(await folder('new', { ...at, dict_class: 'IdentityDict' }))).rejects.toThrow(
    /^unsupported dict_class: IdentityDict/,
  );
  expect(await listSaes(await folder('standard', at))).toMatchObject([{ config: { layer: 0, site: 'attn_out' } }]);
  expect(await listSaes(await folder('standard', { submodule_name: 'blocks.0.attn.hook_z' }))).toMatchObject([
    { config: { layer: 0, site: 'z' } },
  ]);
  const read = async (io: string, submodule_name: string) =>
    listSaes(
      await tree(
        { 'd/ae.pt': 'dictionary-learning/standard/ae.pt' },
        { 'd/config.json': { trainer: { layer: 3, submodule_name }, buffer: { io } } },
      ),
    );
  const inside = ['self_attn.q_proj', 'attn.hook_q', 'attn.c_attn', 'self_attn.q_norm', 'attention.query_key_value'];
  for (const part of inside) {
    await expect(read('out', `model.layers.3.${part}`)).rejects.toThrow(/^no sae of an attention output: 1 sae of /);
  }
  expect(await read('out', 'model.layers.3.post_attention_layernorm')).toMatchObject([
    { config: { layer: 3, site: 'attn_out', isNormOutput: true } },
  ]);
  expect(await read('out', 'gpt_neox.layers.3.attention')).toMatchObject([{ config: { layer: 3, site: 'attn_out' } }]);
  expect(await read('in', 'gpt_neox.layers.3.attention.dense')).toMatchObject([{ config: { layer: 3, site: 'z' } }]);
  await expect(read('in_and_out', 'gpt_neox.layers.3.attention')).rejects.toThrow(
    /1 sae of the input and output of gpt/,
  );
  await expect(read('in', 'gpt_neox.layers.3.attention')).rejects.toThrow(/1 sae of the input of gpt_neox.layers.3/);
  await expect(listSaes(await folder('standard', { submodule_name: 'resid_post_layer_0' }))).rejects.toThrow(
    /^no sae of an attention output: 1 sae of resid_post_layer_0/,
  );
});

test.each([
  ['attn_out_layer3/10_32768', 3],
  ['layer_3/attn/width_16384/trainer_0', 3],
  ['attn/layer_3/10_32768', 3],
  ['batch_2/h.3.attn/trainer_1', 3],
  ['attn/3', 3],
])('a dictionary in %s, which no config describes, is of layer %i', async (path, layer) => {
  const root = await tree({ [`${path}/ae.pt`]: 'dictionary-learning/standard/ae.pt' });
  expect(await listSaes(root)).toMatchObject([{ config: { layer, site: 'attn_out' } }]);
});

test.each(['h100', 'server-l2', '7', 'atlas-h2x4'])(
  'a folder above the one that is searched says no layer where a name within does: %s',
  async (above) => {
    const root = await tree({ [`${above}/saes/attn/3/ae.pt`]: 'dictionary-learning/standard/ae.pt' });
    for (const from of [`${above}/saes`, `${above}/saes/attn`]) {
      expect(await listSaes(join(root, from))).toMatchObject([{ config: { layer: 3 } }]);
    }
  },
);

test('the searched folder says the layer where no name within does', async () => {
  const root = await tree({ 'attn_out_layer3/run/ae.pt': 'dictionary-learning/standard/ae.pt' });
  expect(await listSaes(join(root, 'attn_out_layer3', 'run'))).toMatchObject([{ config: { layer: 3 } }]);
});

test('a head of its own and weights without a config are left out beside whole SAEs, and refused alone', async () => {
  const perHead = { act_name: 'blocks.0.attn.hook_z', head: 3, act_size: 8, dict_size: 14 };
  const files = { 'p/one_cfg.json': perHead, 'p/one.pt': '', 'q/two.pt': '' };
  const { sources, notes } = await findSaes(await tree({ 'saelens/a': 'saelens/standard' }, files));
  expect(sources).toHaveLength(1);
  expect(notes).toEqual([
    expect.stringMatching(
      /^left out 2 saes of head 3 of blocks\.0\.attn\.hook_z, two\.pt: unsupported head: 3, expected cat/,
    ),
  ]);
  await expect(findSaes(await tree({}, files))).rejects.toThrow(/^unsupported head: 3/);
});
