import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadModel } from '../../pipeline/files/model/model-dir.ts';
import { llama } from '../../pipeline/model/families/llama.ts';
import { initialState, weightsOf } from '../../pipeline/training/lm-state.ts';
import { exportModel } from '../../pipeline/training/model-export.ts';

const json = {
  model_type: 'llama',
  vocab_size: 11,
  hidden_size: 8,
  intermediate_size: 12,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  max_position_embeddings: 6,
  rms_norm_eps: 1e-5,
  tie_word_embeddings: true,
  bos_token_id: 10,
  eos_token_id: 10,
};
const config = llama.parseConfig(json, 'config.json');

test('an exported model is read back with its config and, to half precision, its weights', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'atlas-export-'));
  const weights = weightsOf(config, initialState(config, 1));
  await exportModel(dir, { family: llama, json, config }, weights);
  const read = await loadModel(dir);
  await rm(dir, { recursive: true });
  expect(read.config).toEqual(config);
  expect(Object.keys(read.weights)).toEqual(Object.keys(weights));
  for (const [name, { data }] of Object.entries(weights)) {
    const back = read.weights[name]?.data ?? new Float32Array(0);
    expect(Math.max(...data.map((value, i) => Math.abs(value - (back[i] ?? Number.NaN))))).toBeLessThan(2 ** -10);
  }
});
