import { beforeAll, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../../pipeline/engine/index.ts';
import { WeightFiles } from '../../../pipeline/files/weight-files.ts';
import { computeLogitEffects } from '../../../pipeline/measures/logits/logits.ts';
import type { Model } from '../../../pipeline/model/model.ts';
import { float32 } from '../../../pipeline/numbers/tensor.ts';
import type { Sae } from '../../../pipeline/sae/sae.ts';
import { tinyModel, tinySae } from '../../engine/pipeline-programs.ts';
import { random } from '../../engine/programs.ts';
import { temporaryFolder } from '../../files/temporary-folder.ts';

/** Five slices of the unembedding, the last of which is shorter; 300 features are two blocks. */
const vocabSize = 9001;
const dSae = 300;
const tiny = tinyModel();
const { dModel } = tiny.config;
const embedding = random([vocabSize, dModel], 7);
const model: Model = {
  ...tiny,
  config: { ...tiny.config, vocabSize },
  weights: { ...tiny.weights, 'embedding.tokens': embedding },
};
/** One after W_O, so that what it writes is its decoder row. */
const sae: Sae = { ...tinySae(1, dSae), site: 'attn_out', dIn: dModel, wDec: random([dSae, dModel], 8) };

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
});

it('finds the extremes and moments of a vocabulary that is multiplied slice by slice', async () => {
  const logits = await computeLogitEffects(engine, model, sae);
  for (const feature of [0, 255, 256, 299]) {
    const row = sae.wDec.data.subarray(feature * dModel, (feature + 1) * dModel);
    const effects = Array.from({ length: vocabSize }, (_, token) =>
      row.reduce((sum, value, d) => sum + value * (embedding.data[token * dModel + d] ?? 0), 0),
    );
    const ids = [...effects.keys()].sort((a, b) => (effects[b] ?? 0) - (effects[a] ?? 0));
    expect(logits.positive(feature).map(({ tokenId }) => tokenId)).toEqual(ids.slice(0, 10));
    expect(logits.negative(feature).map(({ tokenId }) => tokenId)).toEqual(ids.slice(-10).reverse());
    for (const { tokenId, value } of logits.negative(feature)) expect(value).toBeCloseTo(effects[tokenId] ?? 0, 5);
    const mean = effects.reduce((sum, value) => sum + value, 0) / vocabSize;
    const variance = effects.reduce((sum, value) => sum + (value - mean) ** 2, 0) / vocabSize;
    const { tokens, ...spread } = logits.spread(feature);
    expect(tokens).toBe(vocabSize);
    expect(spread.mean).toBeCloseTo(mean, 6);
    expect(spread.deviation).toBeCloseTo(Math.sqrt(variance), 6);
  }
});

it('finds the same, to the bit, of an unembedding in a file', async () => {
  const files = await WeightFiles.open(await temporaryFolder());
  const kept = await files.keep(float32([vocabSize, dModel], embedding.data));
  expect(kept.file).toBeDefined();
  const weights = { ...model.weights, 'embedding.tokens': kept };
  const [own, other] = [
    await computeLogitEffects(engine, model, sae),
    await computeLogitEffects(engine, { ...model, weights }, sae),
  ];
  for (let feature = 0; feature < dSae; feature++) {
    expect(other.positive(feature)).toEqual(own.positive(feature));
    expect(other.negative(feature)).toEqual(own.negative(feature));
    expect(other.spread(feature)).toEqual(own.spread(feature));
  }
  await files.remove();
});
