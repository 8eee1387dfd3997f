import { beforeAll, expect, test } from 'vitest';
import { createEngine, type Engine } from '../../pipeline/engine/index.ts';
import { computeLogitEffects } from '../../pipeline/measures/logits/logits.ts';
import { ordinaryTokens } from '../../pipeline/measures/studies/induction/ordinary-tokens.ts';
import type { Model } from '../../pipeline/model/model.ts';
import { tinyModel, tinySae } from '../engine/pipeline-programs.ts';

const whole = tinyModel();
const { vocabSize, dModel, nHeads, dHead } = whole.config;
/** A hole, and rows that pad the end; what they write is far larger than what tokens write. */
const isPadding = (id: number) => id === 7 || id >= vocabSize - 5;
const vocabulary = Int32Array.from({ length: vocabSize }, (_, id) => id).filter((id) => !isPadding(id));
const model: Model = { ...whole, vocabulary, weights: loud(whole.weights) };
const sae = tinySae(1);
let engine: Engine;

beforeAll(async () => {
  engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
});

function loud(weights: Model['weights']): Model['weights'] {
  const embedding = weights['embedding.tokens'];
  if (!embedding) throw new Error('no embedding');
  const data = embedding.data.map((value, i) => (isPadding(Math.floor(i / dModel)) ? 50 * value + 5 : value));
  return { ...weights, 'embedding.tokens': { ...embedding, data } };
}

/** wDec[i]·W_O·W_U by token, written out. */
function effectsOf(feature: number): { tokenId: number; value: number }[] {
  const [output, embedding] = [
    model.weights['layers.1.attention.output.weight']?.data,
    model.weights['embedding.tokens']?.data,
  ];
  const width = nHeads * dHead;
  const written = Array.from({ length: dModel }, (_, d) =>
    Array.from(
      { length: width },
      (_, i) => (sae.wDec.data[feature * width + i] ?? 0) * (output?.[i * dModel + d] ?? 0),
    ).reduce((a, b) => a + b, 0),
  );
  return [...vocabulary].map((tokenId) => ({
    tokenId,
    value: written.reduce((sum, value, d) => sum + value * (embedding?.[tokenId * dModel + d] ?? 0), 0),
  }));
}

test('rows that pad the embedding are neither promoted nor suppressed, nor in the moments', async () => {
  const told: number[] = [];
  const logits = await computeLogitEffects(engine, model, sae, (features) => told.push(features));
  expect(told).toEqual([sae.dSae]);
  for (let feature = 0; feature < sae.dSae; feature++) {
    const effects = effectsOf(feature);
    const sorted = effects.toSorted((a, b) => b.value - a.value);
    expect(logits.positive(feature).map(({ tokenId }) => tokenId)).toEqual(sorted.slice(0, 10).map((e) => e.tokenId));
    expect(logits.negative(feature).map(({ tokenId }) => tokenId)).toEqual(
      sorted
        .toReversed()
        .slice(0, 10)
        .map((e) => e.tokenId),
    );
    expect(logits.positive(feature)[0]?.value).toBeCloseTo(sorted[0]?.value ?? Number.NaN, 5);
    expect(logits.negative(feature)[0]?.value).toBeCloseTo(sorted.at(-1)?.value ?? Number.NaN, 5);
    const mean = effects.reduce((sum, { value }) => sum + value, 0) / effects.length;
    const variance = effects.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / effects.length;
    expect(logits.spread(feature)).toMatchObject({ tokens: vocabulary.length });
    expect(logits.spread(feature).mean).toBeCloseTo(mean, 5);
    expect(logits.spread(feature).deviation).toBeCloseTo(Math.sqrt(variance), 5);
  }
});

test('random tokens of studies are tokens', () => {
  const marks = { bosTokenId: 0, eosTokenId: 1 };
  const config = { ...model.config, ...marks };
  expect([...ordinaryTokens({ config, vocabulary }, marks)]).toEqual([...vocabulary].filter((id) => id > 1));
});
