import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadModel } from '../../pipeline/files/model/model-dir.ts';
import { initialState, weightsOf } from '../../pipeline/training/lm-state.ts';
import { exportModel } from '../../pipeline/training/model-export.ts';
import { gpt2Conventions } from '../model/gpt2-conventions.ts';

const config = {
  ...gpt2Conventions,
  nLayers: 1,
  nHeads: 2,
  nKvHeads: 2,
  dHead: 4,
  dModel: 8,
  dMlp: 16,
  nContext: 6,
  vocabSize: 11,
  bosTokenId: 10,
  eosTokenId: 10,
  tiedEmbedding: true,
};

test('an exported model is read back with its config and, to half precision, its weights', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'atlas-export-'));
  const weights = weightsOf(config, initialState(config, 1));
  await exportModel(dir, config, weights, 'tiny');
  const read = await loadModel(dir);
  await rm(dir, { recursive: true });
  expect(read.config).toEqual(config);
  expect(Object.keys(read.weights)).toEqual(Object.keys(weights));
  for (const [name, { data }] of Object.entries(weights)) {
    const back = read.weights[name]?.data ?? new Float32Array(0);
    expect(Math.max(...data.map((value, i) => Math.abs(value - (back[i] ?? Number.NaN))))).toBeLessThan(2 ** -10);
  }
});
