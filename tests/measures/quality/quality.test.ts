import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { silentEffects } from '../../../pipeline/effects.ts';
import { createEngine } from '../../../pipeline/engine/index.ts';
import { floatSpec, intSpec, program } from '../../../pipeline/engine/program.ts';
import { measureQuality } from '../../../pipeline/measures/quality/quality.ts';
import type { Model, ModelConfig } from '../../../pipeline/model/model.ts';
import { logits, runLayers, Transformer, tokenLosses } from '../../../pipeline/model/transformer.ts';
import { seededRandom } from '../../../pipeline/numbers/seeded-random.ts';
import { float32, int32 } from '../../../pipeline/numbers/tensor.ts';
import { contextsInMemory } from '../../../pipeline/record/contexts-in-memory.ts';
import { forwardProgram, placeName } from '../../../pipeline/record/programs.ts';
import { wholeRun } from '../../../pipeline/record/sample.ts';
import type { Sae } from '../../../pipeline/sae/sae.ts';
import { initialState, weightsOf } from '../../../pipeline/training/lm-state.ts';
import { gpt2Conventions } from '../../model/gpt2-conventions.ts';

const config: ModelConfig = {
  ...gpt2Conventions,
  nLayers: 2,
  nHeads: 2,
  nKvHeads: 2,
  dHead: 4,
  dModel: 8,
  dMlp: 32,
  nContext: 12,
  vocabSize: 20,
  bosTokenId: 19,
  eosTokenId: 19,
  tiedEmbedding: true,
};
const dIn = 8;
const context = 12;
const random = seededRandom(3);
const contexts = Array.from({ length: 7 }, () =>
  Int32Array.from({ length: context }, (_, i) => (i === 0 ? 19 : Math.floor(random() * 19))),
);

/** Weights large enough that what attention writes matters to the loss. */
function tinyModel(): Model {
  const weights = weightsOf(config, initialState(config, 1));
  for (const [name, { data }] of Object.entries(weights)) {
    if (/^embedding|(query|key|value|output|out)\.weight$/.test(name)) data.set(data.map((value) => value * 25));
  }
  return { config, weights };
}

/** An SAE of 2·dIn features: z's positive parts, then its negative parts. */
function identitySae(layer: number): Sae {
  const wEnc = float32([dIn, 2 * dIn]);
  const wDec = float32([2 * dIn, dIn]);
  for (let d = 0; d < dIn; d++) {
    for (const [feature, sign] of [
      [d, 1],
      [dIn + d, -1],
    ] as const) {
      wEnc.data[d * 2 * dIn + feature] = sign;
      wDec.data[feature * dIn + d] = sign;
    }
  }
  const zeros = { bEnc: float32([2 * dIn]), bDec: float32([dIn]) };
  const place = { id: String(layer), layer, site: 'z' } as const;
  const shape = { ...place, dIn, dSae: 2 * dIn, activation: { kind: 'relu' }, subtractDecoderBias: true } as const;
  return { ...shape, ...zeros, wEnc, wDec, source: 'identity' };
}

/** An SAE no feature of which is ever active: ẑ = bDec. */
const silentSae = (layer: number, bDec = float32([dIn])): Sae => ({
  ...identitySae(layer),
  bEnc: float32([2 * dIn], new Float32Array(2 * dIn).fill(-1e6)),
  bDec,
});

/** Its features need 0.1 of z to be active. */
const lossySae: Sae = { ...identitySae(1), bEnc: float32([2 * dIn], new Float32Array(2 * dIn).fill(-0.1)) };

async function measure(saes: Sae[], { batch = 3, of = contexts, groupBytes = 2 ** 29 } = {}) {
  const engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
  const sample = wholeRun(contextsInMemory(of, context));
  return measureQuality({ engine, model: tinyModel(), saes, sample, batch, groupBytes, effects: silentEffects() });
}

describe('measureQuality', () => {
  it('finds that an SAE that returns z explains and recovers everything', async () => {
    const both = await measure([identitySae(0), identitySae(1)]);
    expect(both).toHaveLength(2);
    for (const quality of both) {
      expect(quality.explainedVariance).toBeCloseTo(1, 6);
      expect(quality.lossRecovered).toBeCloseTo(1, 5);
      expect(quality.ceSae).toBeCloseTo(quality.ceClean, 5);
      expect(Math.abs(quality.ceZero - quality.ceClean)).toBeGreaterThan(0.01);
      expect(quality.cossim).toBeCloseTo(1, 5);
      expect(quality.l2Ratio).toBeCloseTo(1, 5);
      expect(quality.relativeReconstructionBias).toBeCloseTo(1, 5);
      expect(quality.klScore).toBeCloseTo(1, 4);
      expect(quality.klScoreMean).toBeCloseTo(1, 4);
      expect(quality.lossRecoveredMean).toBeCloseTo(1, 4);
      // Each row has its opposite, and is at right angles to all others.
      expect(quality).toMatchObject({ averageMaxDecoderCosineSim: 0, nearTwins: 0 });
      expect(quality.klZero).toBeGreaterThan(0.01);
      expect(quality.l0).toBe(dIn);
      expect(quality.deadFeatures).toBe(0);
      expect([quality.tokens, quality.contexts]).toEqual([7 * 11, 7]);
    }
  });

  it('finds that an SAE without active features does what zero-ablation does', async () => {
    const [quality] = await measure([silentSae(1)]);
    expect(quality).toMatchObject({ layer: 1, l0: 0, deadFeatures: 2 * dIn, lossRecovered: 0 });
    expect(quality?.ceSae).toBe(quality?.ceZero);
    expect(quality?.explainedVariance).toBeLessThan(0);
    expect(quality).toMatchObject({ cossim: 0, klScore: 0, relativeReconstructionBias: Number.NaN });
    expect(quality?.l2Ratio).toBeLessThan(1e-5);
    expect(quality?.klSae).toBe(quality?.klZero);
  });

  it('finds that an SAE that always returns the mean z explains nothing and does what mean-ablation does', async () => {
    const mean = await meanZ(1);
    const [quality] = await measure([silentSae(1, mean)]);
    expect(quality?.explainedVariance).toBeCloseTo(0, 6);
    expect(quality?.ceSae).toBeCloseTo(quality?.ceMean ?? Number.NaN, 6);
    expect(quality?.ceMean).not.toBeCloseTo(quality?.ceZero ?? Number.NaN, 3);
    expect(quality?.lossRecoveredMean).toBeCloseTo(0, 4);
    expect(quality?.klScoreMean).toBeCloseTo(0, 4);
  });

  it('gives the same of SAEs whose weights do not fit into memory together', async () => {
    const saes = [identitySae(0), lossySae, silentSae(1, await meanZ(1))].map((sae, i) => ({ ...sae, id: String(i) }));
    const bytesOfTwo = 2 * 2 * 4 * dIn * 2 * dIn;
    const together = await measure(saes);
    for (const groupBytes of [1, bytesOfTwo]) expect(await measure(saes, { groupBytes })).toEqual(together);
  });

  it('gives the same figures whatever the batch size, padding of the last batch left out', async () => {
    const saes = [silentSae(0), identitySae(1)];
    const whole = await measure(saes, { batch: 7 });
    for (const batch of [1, 4, 16]) {
      const parts = await measure(saes, { batch });
      expect(parts.map(({ intervals }) => Object.keys(intervals ?? {}).length)).toEqual([6, 6]);
      parts.forEach(({ meanZ: mean, intervals, ...quality }, i) => {
        for (const [name, { low, high }] of Object.entries(intervals ?? {})) {
          const wanted = Object.entries(whole[i]?.intervals ?? {}).find(([other]) => other === name)?.[1];
          expect(low, name).toBeCloseTo(wanted?.low ?? Number.NaN, 5);
          expect(high, name).toBeCloseTo(wanted?.high ?? Number.NaN, 5);
        }
        for (const [name, value] of Object.entries(quality)) {
          const wanted = whole[i]?.[name as keyof typeof quality];
          if (Number.isNaN(wanted)) expect(value, name).toBeNaN();
          else if (typeof value === 'number') expect(value, name).toBeCloseTo(Number(wanted), 5);
          else expect(value, name).toBe(wanted);
        }
        mean.forEach((value, d) => {
          expect(value, `meanZ ${d}`).toBeCloseTo(whole[i]?.meanZ[d] ?? Number.NaN, 5);
        });
      });
    }
  });

  it('gives intervals that hold each figure, from the spread between contexts; none of a single context', async () => {
    const [quality] = await measure([lossySae]);
    const { explainedVariance = 0, ceClean = 0, ceSae = 0, ceZero = 0, ceMean = 0, lossRecovered = 0 } = quality ?? {};
    const figures = { explainedVariance, ceClean, ceSae, ceZero, ceMean, lossRecovered };
    for (const [name, { low, high }] of Object.entries(quality?.intervals ?? {})) {
      const value = Object.entries(figures).find(([other]) => other === name)?.[1] ?? Number.NaN;
      expect(low, name).toBeLessThanOrEqual(value);
      expect(high, name).toBeGreaterThanOrEqual(value);
      expect(high - low, name).toBeGreaterThan(0);
    }
    expect(Object.keys(quality?.intervals ?? {})).toEqual(Object.keys(figures));
    const [alone] = await measure([identitySae(1)], { of: contexts.slice(0, 1) });
    expect(alone?.intervals).toBeUndefined();
  });

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

  it('gives the mean z that it ablates with', async () => {
    const [quality] = await measure([silentSae(1)]);
    const { data } = await meanZ(1);
    expect(quality?.meanZ).toHaveLength(data.length);
    quality?.meanZ.forEach((value, d) => {
      expect(value, `z ${d}`).toBeCloseTo(data[d] ?? Number.NaN, 5);
    });
  });

  it('measures an SAE the same alone and beside another', async () => {
    const [alone] = await measure([silentSae(1)]);
    const [, beside] = await measure([identitySae(0), silentSae(1)]);
    expect(beside?.ceSae).toBeCloseTo(alone?.ceSae ?? Number.NaN, 6);
    expect(beside?.ceMean).toBeCloseTo(alone?.ceMean ?? Number.NaN, 6);
  });

  it('refuses to measure on nothing', async () => {
    await expect(measure([identitySae(0)], { of: [] })).rejects.toThrow('no context');
  });
});

const allTokens = () => int32([contexts.length, context], new Int32Array(contexts.flatMap((row) => [...row])));

/** z of a layer, [context · position, dIn], by way of the plain forward pass. */
async function zOf(layer: number): Promise<Float32Array> {
  const engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
  const forward = await engine.compile(forwardProgram(tinyModel(), [{ layer, site: 'z' }], contexts.length, context));
  return (await forward({ tokens: allTokens() })).places[placeName({ layer, site: 'z' })].data;
}

/** The mean z of a layer over positions 1…. */
async function meanZ(layer: number) {
  const mean = new Float64Array(dIn);
  const counted = contexts.length * (context - 1);
  (await zOf(layer)).forEach((value, i) => {
    if (Math.floor(i / dIn) % context > 0) mean[i % dIn] = (mean[i % dIn] ?? 0) + value / counted;
  });
  return float32([dIn], Float32Array.from(mean));
}

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
