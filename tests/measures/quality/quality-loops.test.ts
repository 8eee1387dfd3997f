import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { createEngine } from '../../../pipeline/engine/index.ts';
import { floatSpec, intSpec, program } from '../../../pipeline/engine/program.ts';
import type { Model } from '../../../pipeline/model/model.ts';
import { logits, runLayers, Transformer, tokenLosses } from '../../../pipeline/model/transformer.ts';
import { float32 } from '../../../pipeline/numbers/tensor.ts';
import {
  allTokens,
  config,
  context,
  contexts,
  dIn,
  lossySae,
  measure,
  silentSae,
  tinyModel,
  zOf,
} from './quality-case.ts';

describe('measureQuality, beside plain loops', () => {
  it('measures the cosine, length and bias of x̂ as plain loops do', async () => {
    const [quality] = await measure([lossySae]);
    const { cosine, ratio, size, product, tokens } = shrunkenZ(await zOf(1));
    expect(quality?.cossim).toBeCloseTo(cosine / tokens, 5);
    expect(quality?.l2Ratio).toBeCloseTo(ratio / tokens, 5);
    expect(quality?.relativeReconstructionBias).toBeCloseTo(size / product, 5);
    expect(quality?.l2Ratio).toBeLessThan(0.999);
  });

  it('counts no token that an SAE was not trained on, and leaves z as it is there', async () => {
    const excludedTokens = new Set([2, 5, 9, 13, config.bosTokenId]);
    const isCounted = (token: number) => !excludedTokens.has(token);
    const [other, quality] = await measure([silentSae(0), { ...lossySae, excludedTokens }]);
    const all = allTokens().data;
    const { cosine, ratio, tokens, active, error, spread } = shrunkenZ(await zOf(1), (row) => isCounted(all[row] ?? 0));
    expect([quality?.tokens, other?.tokens]).toEqual([tokens, 7 * 11]);
    expect(tokens).toBeLessThan(70);
    expect(quality?.cossim).toBeCloseTo(cosine / tokens, 5);
    expect(quality?.l2Ratio).toBeCloseTo(ratio / tokens, 5);
    expect(quality?.l0).toBeCloseTo(active / tokens, 5);
    expect(quality?.explainedVariance).toBeCloseTo(1 - error / spread, 5);
    expect(quality?.ceZero).toBeCloseTo(await zeroLoss(1, isCounted, 0), 5);
    expect(quality?.ceClean).toBeCloseTo(await zeroLoss(1, isCounted, 1), 5);
    expect(quality?.ceZero).not.toBeCloseTo(quality?.ceClean ?? Number.NaN, 3);
  });

  it('gives the same figures where the tokens left out occur nowhere', async () => {
    const [whole] = await measure([lossySae]);
    const [quality] = await measure([{ ...lossySae, excludedTokens: new Set([4711]) }]);
    const { cossim, l2Ratio, l0, explainedVariance, ceSae, ceMean, klSae, lossRecovered } = quality ?? {};
    for (const [name, value] of Object.entries({
      cossim,
      l2Ratio,
      l0,
      explainedVariance,
      ceSae,
      ceMean,
      klSae,
      lossRecovered,
    }))
      expect(value, name).toBeCloseTo(Number(whole?.[name as keyof typeof whole]), 5);
    expect(quality?.deadFeatures).toBe(whole?.deadFeatures);
  });

  it('measures KL divergences as plain loops over logits do', async () => {
    const [quality] = await measure([lossySae]);
    const silenced = tinyModel();
    for (const [name, { data }] of Object.entries(silenced.weights)) {
      if (/1\..*output\.weight$/.test(name)) data.fill(0);
    }
    const [clean, zero] = [await logitsOf(tinyModel()), await logitsOf(silenced)];
    expect(quality?.klZero).toBeCloseTo(meanDivergence(clean, zero), 5);
    expect(quality?.klScore).toBeCloseTo(1 - (quality?.klSae ?? 0) / (quality?.klZero ?? 0), 8);
    expect(quality?.klSae).toBeLessThan(quality?.klZero ?? 0);
  });
});

/** Mean cross-entropy after the tokens that count, z of a layer there times a factor and elsewhere as it is. */
async function zeroLoss(layer: number, isCounted: (token: number) => boolean, factor: 0 | 1): Promise<number> {
  const engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
  const tokens = allTokens();
  const counts = float32(
    [contexts.length, context, 1],
    Float32Array.from(tokens.data, (token) => Number(isCounted(token))),
  );
  const run = await engine.compile(
    program({
      name: 'losses with z of a layer changed',
      inputs: { tokens: intSpec(contexts.length, context), counts: floatSpec(contexts.length, context, 1) },
      outputs: { losses: floatSpec(contexts.length, context - 1) },
      weights: tinyModel().weights,
      body(inputs, weights) {
        const transformer = new Transformer(config, weights);
        const scale = tf.add(tf.mul(inputs.counts, factor - 1), 1);
        const residual = runLayers(transformer, transformer.embed(inputs.tokens), {
          edit: (state) => ({ residual: state.residual, z: state.layer === layer ? tf.mul(state.z, scale) : state.z }),
        });
        return { losses: tokenLosses(transformer.unembed(residual), inputs.tokens) };
      },
    }),
  );
  const { losses } = await run({ tokens, counts });
  const found = Array.from(losses.data, (loss, i) => {
    const row = Math.floor(i / (context - 1)) * context + (i % (context - 1));
    return { loss, weight: counts.data[row] ?? 0 };
  });
  return (
    found.reduce((sum, { loss, weight }) => sum + weight * loss, 0) / found.reduce((sum, { weight }) => sum + weight, 0)
  );
}

/** Sums over positions 1… of what `lossySae` makes of z, each coordinate 0.1 nearer to 0; of some rows where it is told. */
function shrunkenZ(z: Float32Array, isCounted: (row: number) => boolean = () => true) {
  const sums = { cosine: 0, ratio: 0, size: 0, product: 0, tokens: 0, active: 0, error: 0, spread: 0 };
  const rows = Array.from({ length: z.length / dIn }, (_, row) => row).filter(
    (row) => row % context !== 0 && isCounted(row),
  );
  const mean = Array.from(
    { length: dIn },
    (_, d) => rows.reduce((sum, row) => sum + (z[row * dIn + d] ?? 0), 0) / rows.length,
  );
  for (const row of rows) {
    const x = Array.from(z.subarray(row * dIn, (row + 1) * dIn));
    const rebuilt = x.map((value) => Math.sign(value) * Math.max(0, Math.abs(value) - 0.1));
    const product = x.reduce((sum, value, d) => sum + value * (rebuilt[d] ?? 0), 0);
    const [length, short] = [Math.hypot(...x), Math.hypot(...rebuilt)];
    sums.cosine += short > 0 ? product / (length * short) : 0;
    sums.ratio += short / length;
    sums.size += short ** 2;
    sums.product += product;
    sums.active += rebuilt.filter((value) => value !== 0).length;
    sums.error += x.reduce((sum, value, d) => sum + (value - (rebuilt[d] ?? 0)) ** 2, 0);
    sums.spread += x.reduce((sum, value, d) => sum + (value - (mean[d] ?? 0)) ** 2, 0);
    sums.tokens++;
  }
  return sums;
}

/** Logits [context · position, vocabSize]. */
async function logitsOf(model: Model): Promise<Float32Array> {
  const engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
  const run = await engine.compile(
    program({
      name: 'logits',
      inputs: { tokens: intSpec(contexts.length, context) },
      outputs: { all: floatSpec(contexts.length, context, config.vocabSize) },
      weights: model.weights,
      body: ({ tokens }, weights) => ({ all: logits(new Transformer(config, weights), tokens) }),
    }),
  );
  return (await run({ tokens: allTokens() })).all.data;
}

/** Mean KL(p‖q) over all positions but each context's last. */
function meanDivergence(p: Float32Array, q: Float32Array): number {
  const { vocabSize } = config;
  const logsOf = (all: Float32Array, row: number) => {
    const own = Array.from(all.subarray(row * vocabSize, (row + 1) * vocabSize));
    const total = Math.log(own.reduce((sum, value) => sum + Math.exp(value), 0));
    return own.map((value) => value - total);
  };
  let [sum, counted] = [0, 0];
  for (let row = 0; row * vocabSize < p.length; row++) {
    if (row % context === context - 1) continue;
    const [a, b] = [logsOf(p, row), logsOf(q, row)];
    a.forEach((value, i) => {
      sum += Math.exp(value) * (value - (b[i] ?? 0));
    });
    counted++;
  }
  return sum / counted;
}
