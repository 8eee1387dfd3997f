import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadModel, modelWeightFiles } from '../../../pipeline/files/model/model-dir.ts';
import { openSafetensors } from '../../../pipeline/files/safetensors/safetensors.ts';
import { gpt2 } from '../../../pipeline/model/families/gpt2.ts';
import { weightsFrom } from '../../../pipeline/model/family.ts';
import { float32 } from '../../../pipeline/numbers/tensor.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { tinyConfig, tinyModelFolder, tinyWeights, withPrefix } from '../tiny-model.ts';

const single = 'model.safetensors';

test('a model is its config and the tensors of its architecture', async () => {
  const model = await loadModel(await tinyModelFolder({ [single]: tinyWeights() }));
  expect(model.config).toMatchObject({ nLayers: 1, nHeads: 2, dHead: 2, dMlp: 16, nContext: 6, vocabSize: 5 });
  expect(model.weights).toEqual(weightsOf(tinyWeights()));
});

test('names with the transformer. prefix are the same model', async () => {
  const dir = await tinyModelFolder({ [single]: withPrefix('transformer.', tinyWeights()) });
  expect((await loadModel(dir)).weights).toEqual(weightsOf(tinyWeights()));
});

test('tensors that the model does not need are left out', async () => {
  const extra = { 'h.0.attn.bias': float32([1, 1, 6, 6]), 'lm_head.weight': float32([5, 4]) };
  const dir = await tinyModelFolder({ [single]: { ...tinyWeights(), ...extra } });
  expect((await loadModel(dir)).weights).toEqual(weightsOf(tinyWeights()));
});

test('a tied model whose file has both matrices is read where they are equal, and refused where they differ', async () => {
  const equal = { ...tinyWeights(), 'lm_head.weight': tinyWeights()['wte.weight'] };
  const same = await tinyModelFolder({ [single]: equal });
  expect((await loadModel(same)).weights).toEqual(weightsOf(tinyWeights()));
  const head = { 'lm_head.weight': float32([5, 4], new Float32Array(20).fill(9)) };
  const other = await tinyModelFolder({ [single]: { ...withPrefix('transformer.', tinyWeights()), ...head } });
  await expect(loadModel(other)).rejects.toThrow(
    `lm_head.weight differs from transformer.wte.weight, expected equal tensors of a tied model, or "tie_word_embeddings": false in its config.json (${join(other, single)})`,
  );
});

test('a tied model whose file has the unembedding alone has it as its embedding too', async () => {
  const { 'wte.weight': embedding, ...rest } = tinyWeights();
  const dir = await tinyModelFolder({ [single]: { ...rest, 'lm_head.weight': embedding } });
  expect((await loadModel(dir)).weights).toEqual(weightsOf(tinyWeights()));
});

test('a missing unembedding is called as the files of its family call it', async () => {
  const llama = join(import.meta.dirname, '../../fixtures/families/llama');
  const file = await openSafetensors(join(llama, single));
  const names = [...file.shapes.keys()].filter((name) => name !== 'lm_head.weight');
  const tensors = await Promise.all(names.map(async (name) => [name, await file.read(name)]));
  await file.close();
  const dir = await tinyModelFolder({ [single]: Object.fromEntries(tensors) });
  await copyFile(join(llama, 'config.json'), join(dir, 'config.json'));
  await expect(loadModel(dir)).rejects.toThrow(/^missing tensor: lm_head.weight, expected \[26, 16\] \(/);
});

test('an untied unembedding is read beside prefixed names', async () => {
  const head = { 'lm_head.weight': float32([5, 4], new Float32Array(20).fill(9)) };
  const dir = await tinyModelFolder(
    { [single]: { ...withPrefix('transformer.', tinyWeights()), ...head } },
    { 'config.json': { ...tinyConfig, tie_word_embeddings: false } },
  );
  expect((await loadModel(dir)).weights).toEqual(weightsOf({ ...tinyWeights(), ...head }, false));
});

test('shards are joined by their index', async () => {
  const entries = Object.entries(tinyWeights());
  const shards = { 'a.safetensors': entries.slice(0, 5), 'b.safetensors': entries.slice(5) };
  const index = {
    weight_map: Object.fromEntries(
      Object.entries(shards).flatMap(([file, part]) => part.map(([name]) => [name, file])),
    ),
  };
  const dir = await tinyModelFolder(
    Object.fromEntries(Object.entries(shards).map(([file, part]) => [file, Object.fromEntries(part)])),
    { 'model.safetensors.index.json': index },
  );
  expect((await loadModel(dir)).weights).toEqual(weightsOf(tinyWeights()));
  expect(await modelWeightFiles(dir)).toEqual([join(dir, 'a.safetensors'), join(dir, 'b.safetensors')]);
  await rm(join(dir, 'b.safetensors'));
  await expect(loadModel(dir)).rejects.toThrow(/^missing shard: b.safetensors \(/);
});

test('what is wrong with a checkpoint is one line', async () => {
  const { 'ln_f.bias': _, ...incomplete } = tinyWeights();
  const missing = await tinyModelFolder({ [single]: incomplete });
  await expect(loadModel(missing)).rejects.toThrow(
    `missing tensor: ln_f.bias, expected [4] (${join(missing, single)})`,
  );
  const wrong = await tinyModelFolder({ [single]: { ...tinyWeights(), 'wpe.weight': float32([4, 6]) } });
  await expect(loadModel(wrong)).rejects.toThrow(/^shape mismatch: wpe.weight is \[4, 6\], expected \[6, 4\] \(/);
  const nan = float32([4], Float32Array.of(0, Number.NaN, 0, 0));
  const unfinished = await tinyModelFolder({ [single]: { ...tinyWeights(), 'ln_f.weight': nan } });
  await expect(loadModel(unfinished)).rejects.toThrow(/^nan in ln_f.weight \(/);
});

test('what is wrong with a folder is one line', async () => {
  await expect(loadModel('no/such/model')).rejects.toThrow('model not found: no/such/model');
  const dir = await temporaryFolder({ 'config.json': { ...tinyConfig, model_type: 'bert' }, broken: '{"model_type":' });
  await expect(loadModel(join(dir, 'config.json'))).rejects.toThrow(/^model is a file, expected a folder/);
  await expect(loadModel(dir)).rejects.toThrow(/^unsupported model_type: bert, expected gpt2/);
  await expect(loadModel(await temporaryFolder())).rejects.toThrow(/^file not found: .*config.json$/);
  await expect(loadModel(await temporaryFolder({ 'config.json': tinyConfig }))).rejects.toThrow(
    /^no weights: expected/,
  );
  await expect(loadModel(await temporaryFolder({ 'config.json': '{"model_type":' }))).rejects.toThrow(
    /^malformed json: /,
  );
});

test('a layer count that no model has is refused before anything is made of it', async () => {
  const dir = await temporaryFolder({ 'config.json': { ...tinyConfig, n_layer: 1e9 } });
  await expect(loadModel(dir)).rejects.toThrow(/^invalid n_layer: 1000000000, expected at most 10000 \(/);
});

test('weights are the only .pth of a folder, or TransformerLens’s last', async () => {
  const only = await temporaryFolder({ 'a.pth': 'x' });
  expect(await modelWeightFiles(only)).toEqual([join(only, 'a.pth')]);
  const last = await temporaryFolder({ 'a.pth': 'x', 'model_final.pth': 'x' });
  expect(await modelWeightFiles(last)).toEqual([join(last, 'model_final.pth')]);
  const several = await temporaryFolder({ 'a.pth': 'x', 'b.pth': 'x' });
  await expect(modelWeightFiles(several)).rejects.toThrow(
    /^no weights: expected model.safetensors or pytorch_model.bin, the index of either, or one .pth \(/,
  );
});

test('shards of PyTorch’s are joined by their index as well', async () => {
  const index = { weight_map: { 'wte.weight': 'a.bin', 'wpe.weight': 'b.bin' } };
  const dir = await temporaryFolder({ 'pytorch_model.bin.index.json': index, 'a.bin': 'x', 'b.bin': 'x' });
  expect(await modelWeightFiles(dir)).toEqual([join(dir, 'a.bin'), join(dir, 'b.bin')]);
});

/** What a checkpoint's tensors are to the transformer. */
function weightsOf(checkpoint: ReturnType<typeof tinyWeights>, tied = true) {
  return weightsFrom(gpt2, gpt2.parseConfig({ ...tinyConfig, tie_word_embeddings: tied }, 'config.json'), checkpoint);
}
