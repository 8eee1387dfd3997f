import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadModel } from '../../../pipeline/files/model/model-dir.ts';
import { writeSafetensors } from '../../../pipeline/files/safetensors/safetensors-writer.ts';
import { loadTokenizer } from '../../../pipeline/files/tokenizer/load-tokenizer.ts';
import { gpt2 } from '../../../pipeline/model/families/gpt2.ts';
import { checkpointShapes } from '../../../pipeline/model/family.ts';
import { pickOne } from '../../../pipeline/numbers/seeded-random.ts';
import { float32, type Shape, sizeOf } from '../../../pipeline/numbers/tensor.ts';
import { listSaes, loadSae, selectSaes } from '../../../pipeline/sae/formats/sae-dir.ts';
import { tokenizerJson, vocab, vocabFiles } from '../../files/tiny-tokenizer.ts';
import { familyCases, familyFolder } from '../../model/family-cases.ts';
import type { FuzzTarget } from '../fuzz.ts';
import { chance, mutateJson, mutateText } from '../mutate.ts';

const config = {
  model_type: 'gpt2',
  n_layer: 1,
  n_head: 2,
  n_embd: 4,
  n_positions: 6,
  vocab_size: 5,
  layer_norm_epsilon: 1e-5,
  activation_function: 'gelu_new',
  tie_word_embeddings: true,
};
const modelConfig = gpt2.parseConfig(config, 'config.json');

const zeros = (shapes: Readonly<Record<string, Shape>>) =>
  Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, float32(shape, new Float32Array(sizeOf(shape)))]),
  );

/** Folders that were filled once; only what is mutated is written again. */
const filled = new Set<string>();

async function fill(folder: string, file: string, shapes: Readonly<Record<string, Shape>>): Promise<void> {
  if (filled.has(folder)) return;
  filled.add(folder);
  await mkdir(folder, { recursive: true });
  await writeSafetensors(join(folder, file), zeros(shapes));
}

const model: FuzzTarget = {
  name: 'config.json',
  share: 8,
  async run(random, folder) {
    const dir = join(folder, 'model');
    await fill(dir, 'model.safetensors', checkpointShapes(gpt2, modelConfig));
    await writeFile(join(dir, 'config.json'), mutateJson(random, config));
    await loadModel(dir);
  },
};

/** The config of a model of any family, beside weights that were right before. */
const families: FuzzTarget = {
  name: 'config.json of a family',
  share: 16,
  async run(random, folder) {
    const name = pickOne(random, familyCases);
    const dir = join(folder, name);
    if (!filled.has(dir)) await cp(familyFolder(name), dir, { recursive: true });
    filled.add(dir);
    const json: unknown = JSON.parse(await readFile(join(familyFolder(name), 'config.json'), 'utf8'));
    await writeFile(join(dir, 'config.json'), mutateJson(random, json));
    await loadModel(dir);
  },
};

const cfg = {
  architecture: 'standard',
  d_in: 4,
  d_sae: 8,
  k: 3,
  activation_fn: 'relu',
  apply_b_dec_to_input: true,
  normalize_activations: 'none',
  hook_name: 'blocks.0.attn.hook_z',
  hook_layer: 0,
  hook_head_index: null,
  metadata: { hook_name: 'blocks.0.attn.hook_z' },
};

const sae: FuzzTarget = {
  name: 'cfg.json',
  share: 8,
  async run(random, folder) {
    const dir = join(folder, 'saes');
    const shapes = { W_enc: [4, 8], b_enc: [8], W_dec: [8, 4], b_dec: [4], threshold: [8] };
    await fill(dir, 'sae_weights.safetensors', shapes);
    await writeFile(join(dir, 'cfg.json'), mutateJson(random, cfg));
    for (const source of selectSaes(await listSaes(dir), modelConfig)) await loadSae(source);
  },
};

const fixtures = join(import.meta.dirname, '../../fixtures/saes');
/** An SAE of each other format, the config that is mutated in it, and the folder that it has to be called by. */
const published = [
  ['dictionary-learning/gated', 'config.json'],
  ['dictionary-learning/batchtopk', 'config.json'],
  ['sparsify/layers.0.attention', 'cfg.json'],
  ['llama-scope/Llama3_1-8B-Base-L0A-8x', 'hyperparams.json'],
  ['gemma-scope-2-1b-pt/attn_out/layer_0_width_16k_l0_small', 'config.json'],
  ['saelens/gated', 'cfg.json'],
  ['saelens/layer-norm', 'cfg.json'],
  ['saelens/mean-norm', 'activation_scaler.json'],
] as const;

const publishedSae: FuzzTarget = {
  name: "other libraries' configs",
  share: 8,
  async run(random, folder) {
    const [path, file] = pickOne(random, published);
    const dir = join(folder, 'published', path);
    if (!filled.has(dir)) {
      await cp(join(fixtures, path), dir, { recursive: true });
      filled.add(dir);
    }
    const json = JSON.parse(await readFile(join(fixtures, path, file), 'utf8'));
    await writeFile(join(dir, file), mutateJson(random, json));
    for (const source of await listSaes(dir)) await loadSae(source);
  },
};

const sample = ' hello world, hell o\n\n  漢字 <|endoftext|>aaaa';

async function useTokenizer(dir: string): Promise<void> {
  const tokenizer = await loadTokenizer(dir);
  tokenizer.decode(tokenizer.encode(sample));
  for (let id = 0; id < Math.min(300, tokenizer.vocabSize); id++) tokenizer.tokenText(id);
}

const tokenizer: FuzzTarget = {
  name: 'tokenizer.json',
  share: 4,
  async run(random, folder) {
    const dir = join(folder, 'tokenizer');
    await mkdir(dir, { recursive: true });
    const names = { bos_token: '<|endoftext|>', eos_token: { content: '<|endoftext|>' }, add_prefix_space: false };
    await writeFile(join(dir, 'tokenizer.json'), mutateJson(random, tokenizerJson));
    await writeFile(join(dir, 'tokenizer_config.json'), chance(random, 0.2) ? mutateJson(random, names) : '{}');
    await useTokenizer(dir);
  },
};

const slowTokenizer: FuzzTarget = {
  name: 'vocab.json and merges.txt',
  share: 4,
  async run(random, folder) {
    const dir = join(folder, 'vocabulary');
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, 'vocab.json'), chance(random, 0.6) ? mutateJson(random, vocab) : JSON.stringify(vocab));
    await writeFile(join(dir, 'merges.txt'), mutateText(random, vocabFiles['merges.txt']));
    await useTokenizer(dir);
  },
};

export const folderTargets: readonly FuzzTarget[] = [model, families, sae, publishedSae, tokenizer, slowTokenizer];
