import { beforeAll, expect, test } from 'vitest';
import { createEngine } from '../../pipeline/engine/index.ts';
import type { HostTensors, Program } from '../../pipeline/engine/program.ts';
import { halfLosses, repeatedHalves } from '../../pipeline/measures/studies/induction/maths/repeated-halves.ts';
import { attentionStates, logits, Transformer, tokenLosses } from '../../pipeline/model/transformer.ts';
import { vocabularyOf } from '../../pipeline/model/vocabulary.ts';
import type { FloatTensor } from '../../pipeline/numbers/tensor.ts';
import { plantInduction } from '../../pipeline/training/induction-prior.ts';
import { initialState, weightsOf } from '../../pipeline/training/lm-state.ts';
import { gpt2Conventions } from '../model/gpt2-conventions.ts';

const config = {
  ...gpt2Conventions,
  nLayers: 2,
  nHeads: 8,
  nKvHeads: 8,
  dHead: 32,
  dModel: 256,
  dMlp: 64,
  nContext: 32,
  vocabSize: 200,
  bosTokenId: 199,
  eosTokenId: 199,
  tiedEmbedding: true,
};
const [rows, length, half] = [4, 31, 15];

function planted(): Record<string, FloatTensor> {
  const weights = weightsOf(config, initialState(config, 1));
  const values = (name: string) => weights[name]?.data ?? new Float32Array(0);
  plantInduction({ dModel: config.dModel, dHead: config.dHead, values }, 1);
  return weights;
}

const program: Program = {
  name: 'patterns and losses',
  inputs: { tokens: { shape: [rows, length], dtype: 'int32' } },
  weights: planted(),
  body({ tokens }, weights) {
    if (!tokens) throw new Error('no tokens');
    const transformer = new Transformer(config, weights);
    const [first, second] = attentionStates(transformer, tokens, 1);
    if (!first || !second) throw new Error('no layers');
    return { first: first.pattern, second: second.pattern, losses: tokenLosses(logits(transformer, tokens), tokens) };
  },
};

let results: HostTensors;
beforeAll(async () => {
  const executable = await (await createEngine({ backend: 'onnx-cpu', threads: 1 })).compile(program);
  results = await executable.run({
    tokens: repeatedHalves({ rows, length, bos: 199, tokens: vocabularyOf({ config }), seed: 4 }),
  });
  await executable.dispose();
});

/** Mean attention of a head over the second half's positions t, to the source that `sourceOf` names. */
function meanAttention(layer: 'first' | 'second', head: number, sourceOf: (t: number) => number): number {
  const pattern = results[layer]?.data ?? [];
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    for (let t = half + 1; t < length; t++) {
      sum += pattern[((row * config.nHeads + head) * length + t) * length + sourceOf(t)] ?? 0;
    }
  }
  return sum / (rows * (length - half - 1));
}

const before = (t: number) => t - 1;
const afterEarlier = (t: number) => t - half + 1;

test('head 0.0 begins by attending to the token before', () => {
  expect(meanAttention('first', 0, before)).toBeGreaterThan(0.5);
});

test('heads 1.0 to 1.3 begin by attending to what followed the present token when it was last there', () => {
  for (const head of [0, 1, 2, 3])
    expect(meanAttention('second', head, afterEarlier), `head ${head}`).toBeGreaterThan(0.3);
});

test('the other heads begin with neither', () => {
  for (const head of [1, 7]) expect(meanAttention('first', head, before)).toBeLessThan(0.15);
  for (const head of [4, 7]) expect(meanAttention('second', head, afterEarlier)).toBeLessThan(0.15);
});

test('the planted circuit copies before any training', () => {
  const { first, second } = halfLosses(Array.from(results.losses?.data ?? []), length);
  expect(first - second).toBeGreaterThan(2);
});

test('MLPs, gains and biases are left as they were', () => {
  const plain = weightsOf(config, initialState(config, 1));
  const untouched = Object.keys(plain).filter((name) => /mlp|norm|bias/.test(name));
  expect(untouched.length).toBeGreaterThan(10);
  for (const name of untouched) expect(program.weights[name]).toEqual(plain[name]);
});
