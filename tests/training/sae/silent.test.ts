import { describe, expect, it } from 'vitest';
import { randomInteger, randomNormal, seededRandom } from '../../../pipeline/numbers/seeded-random.ts';
import type { ActivationStream } from '../../../pipeline/training/sae/activations.ts';
import { encodeBatch } from '../../../pipeline/training/sae/encoder.ts';
import { widthOf } from '../../../pipeline/training/sae/shape.ts';
import { explainedVariance } from '../../../pipeline/training/sae/training.ts';
import { trainOn } from './train-on.ts';

const dIn = 32;
const shape = { dIn, dSae: 256, batch: 256 };
/** Three directions hold most of the variance, as in a first layer; words are small beside them. */
const common = rows(3, 1, [8, 4, 2]);
const words = rows(120, 2, [1]);

function rows(count: number, seed: number, sizes: readonly number[]): Float64Array[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, i) => {
    const row = Float64Array.from({ length: dIn }, () => randomNormal(random));
    const norm = Math.hypot(...row);
    return row.map((value) => ((sizes[i % sizes.length] ?? 1) * value) / norm);
  });
}

function streamOf(token: () => Float64Array): ActivationStream {
  const next = async () => [Float32Array.from(Array.from({ length: 256 }, token).flatMap((x) => [...x]))];
  return { position: { epoch: 0, context: 0 }, next, close: async () => {} };
}

function lowRankStream(seed: number): ActivationStream {
  const random = seededRandom(seed);
  const token = () => {
    const x = new Float64Array(dIn);
    const add = (row: Float64Array | undefined, by: number) =>
      row?.forEach((value, d) => {
        x[d] = (x[d] ?? 0) + by * value;
      });
    for (const row of common) add(row, randomNormal(random));
    add(words[randomInteger(random, 0, words.length - 1)], 1 + random());
    return x;
  };
  return streamOf(token);
}

type Trained = Awaited<ReturnType<typeof trainOn>>;

/** Features that no token of so many batches, which were not trained on, activates. */
async function silentFeatures({ training, encoder, normalizer }: Trained, batches: number): Promise<number> {
  const { state, figures } = training;
  const { mean, scale } = normalizer;
  const stream = lowRankStream(99);
  const seen = new Set<number>();
  for (let i = 0; i < batches; i++) {
    const [x = new Float32Array(0)] = await stream.next();
    const width = widthOf(shape);
    x.forEach((value, at) => {
      state.floats.x[Math.floor(at / dIn) * width + (at % dIn)] = (value - (mean[at % dIn] ?? 0)) * scale;
    });
    await encodeBatch(encoder, state);
    state.floats.pre.subarray(0, shape.batch * shape.dSae).forEach((value, at) => {
      if (value > figures.threshold && value > (state.parameters.theta.p[at % shape.dSae] ?? 0))
        seen.add(at % shape.dSae);
    });
  }
  return shape.dSae - seen.size;
}

describe('trainSteps on activations of low rank', () => {
  it('leaves under 1% of the features silent on other tokens', async () => {
    const data = { shape, targetL0: 6, open: () => lowRankStream(5) };
    const trained = await trainOn(data, 'batchtopk', { steps: 400, deadAfter: 20 });
    expect(await silentFeatures(trained, 80)).toBeLessThan(0.01 * shape.dSae);
    expect(explainedVariance(trained.training.figures)).toBeGreaterThan(0.9);
  });

  it('places features anew under a penalty too, whose steering raises the error', async () => {
    const data = { shape, targetL0: 6, open: () => lowRankStream(5) };
    const trained = await trainOn(data, 'relu', { steps: 400, deadAfter: 20 });
    expect(await silentFeatures(trained, 80)).toBeLessThan(0.05 * shape.dSae);
    expect(explainedVariance(trained.training.figures)).toBeGreaterThan(0.6);
  });
});

describe('trainSteps of JumpReLU', () => {
  it('keeps L0 near what is asked for and its features active', async () => {
    const data = { shape, targetL0: 6, open: () => lowRankStream(5) };
    const trained = await trainOn(data, 'jumprelu', { steps: 400, deadAfter: 20 });
    const { l0 } = trained.training.figures;
    expect(await silentFeatures(trained, 80)).toBeLessThan(0.02 * shape.dSae);
    expect(Math.abs(l0 - 6)).toBeLessThan(1.5);
    expect(explainedVariance(trained.training.figures)).toBeGreaterThan(0.9);
  });
});

/** Sums of the same thirteen words in random parts: a few features have learnt all of it by half of the training. */
function fewWordsStream(seed: number): ActivationStream {
  const random = seededRandom(seed);
  const token = () => {
    const x = Float64Array.from({ length: dIn }, () => 0.05 * randomNormal(random));
    for (let i = 0; i < 20; i++) {
      const word = words[randomInteger(random, 0, 12)];
      const part = 4 * random() ** 2;
      word?.forEach((value, d) => {
        x[d] = (x[d] ?? 0) + part * value;
      });
    }
    return x;
  };
  return streamOf(token);
}

describe('trainSteps on a text of few words', () => {
  it('hardly raises the error by placing silent features anew', async () => {
    const data = { shape: { ...shape, dSae: 512 }, targetL0: 6, open: () => fewWordsStream(5) };
    const { curve } = await trainOn(data, 'batchtopk', { steps: 256, deadAfter: 20 });
    const half = curve[Math.floor(curve.length / 2) - 1];
    expect(curve.at(-1)?.loss).toBeLessThan(1.2 * (half?.loss ?? 0));
  });
});

/** Sums of two words, the n-th of which is 1/n as frequent as the first. */
function zipfStream(seed: number): ActivationStream {
  const random = seededRandom(seed);
  const vocabulary = rows(1000, 3, [4]);
  const anyWord = () => vocabulary[Math.floor(vocabulary.length ** random()) - 1];
  const token = () => {
    const [one, other] = [anyWord(), anyWord()];
    return Float64Array.from(
      { length: dIn },
      (_, d) => (one?.[d] ?? 0) + (other?.[d] ?? 0) / 2 + randomNormal(random) / 20,
    );
  };
  return streamOf(token);
}

describe('trainSteps on words most of which are rare', () => {
  it('ends below the error it had before its last tenth, which features placed anew would raise', async () => {
    const data = { shape: { ...shape, dSae: 512 }, targetL0: 8, open: () => zipfStream(5) };
    const { curve } = await trainOn(data, 'batchtopk', { steps: 500, deadAfter: 48 });
    const before = curve[Math.floor(0.9 * curve.length) - 1];
    expect(curve.at(-1)?.loss).toBeLessThan(before?.loss ?? 0);
  });
});
