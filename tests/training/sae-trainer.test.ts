import { describe, expect, it } from 'vitest';
import { recordingEffects, silentEffects } from '../../pipeline/effects.ts';
import { createEngine } from '../../pipeline/engine/index.ts';
import { randomInteger, randomNormal, seededRandom } from '../../pipeline/numbers/seeded-random.ts';
import type { ActivationStream } from '../../pipeline/training/sae-activations.ts';
import { explainedVariance } from '../../pipeline/training/sae-layer.ts';
import type { SaeTrainerOptions } from '../../pipeline/training/sae-run.ts';
import { tensorOf, unitVector } from '../../pipeline/training/sae-state.ts';
import { trainLayers } from '../../pipeline/training/sae-trainer.ts';

const dIn = 16;
const planted = directions(24);

/** Random unit vectors. */
function directions(count: number): Float64Array[] {
  const random = seededRandom(11);
  return Array.from({ length: count }, () =>
    unitVector(Float64Array.from({ length: dIn }, () => randomNormal(random))),
  );
}

/** Tokens that are each the sum of two planted directions, with an offset that bDec has to learn. */
function plantedStream(): ActivationStream {
  const random = seededRandom(5);
  const token = () => {
    const x = new Float64Array(dIn).fill(0.5);
    for (let part = 0; part < 2; part++) {
      const size = 2 + random();
      planted[randomInteger(random, 0, planted.length - 1)]?.forEach((value, d) => {
        x[d] = (x[d] ?? 0) + size * value;
      });
    }
    return x;
  };
  const next = async () => [Float32Array.from(Array.from({ length: 256 }, token).flatMap((x) => [...x]))];
  return { position: { epoch: 0, context: 0 }, next, close: async () => {} };
}

async function train(options: Partial<SaeTrainerOptions> = {}, effects = silentEffects()) {
  const engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
  const settings: SaeTrainerOptions = {
    engine,
    shape: { dIn, dSae: 40 },
    layers: [3],
    l1: [0.3],
    batchTokens: 256,
    steps: 800,
    gainSteps: 0,
    lr: 3e-3,
    warmupSteps: 50,
    resampleEvery: 100,
    seed: 1,
    bufferTokens: 4096,
    stream: plantedStream(),
    save: async () => {},
    ...options,
  };
  const [trained] = await trainLayers(settings, effects);
  if (!trained) throw new Error('nothing was trained');
  return trained;
}

describe('trainLayers', () => {
  it('finds the directions that sparse data was made of', async () => {
    const { current, figures } = await train();
    const rows = tensorOf(current, 'wDec').data;
    const found = planted.filter((direction) => {
      for (let at = 0; at < rows.length; at += dIn) {
        const cosine = direction.reduce((sum, value, d) => sum + value * (rows[at + d] ?? 0), 0);
        if (cosine > 0.95) return true;
      }
      return false;
    });
    expect(found.length).toBeGreaterThanOrEqual(22);
    expect(explainedVariance(figures)).toBeGreaterThan(0.9);
  });

  it('scales z so that its mean norm is √dIn', async () => {
    const { figures } = await train({ steps: 2 });
    const [x = new Float32Array(0)] = await plantedStream().next();
    let norms = 0;
    for (let at = 0; at < x.length; at += dIn) norms += Math.hypot(...x.subarray(at, at + dIn)) / (x.length / dIn);
    expect(figures.scale * norms).toBeCloseTo(Math.sqrt(dIn), 1);
  });

  it('moves λ until as many features are active as were asked for', async () => {
    const few = await train({ targetL0: 1.5, steps: 600 });
    const many = await train({ targetL0: 3.5, steps: 600 });
    expect(few.figures.l0).toBeLessThan(2);
    expect(many.figures.l0).toBeGreaterThan(2.5);
    expect(many.figures.l0).toBeLessThan(4.5);
    expect(many.figures.lambda).toBeLessThan(few.figures.lambda);
  });

  it('explains more with the same features active once the gains have undone the shrinkage', async () => {
    const shrunk = await train({ l1: [2], steps: 300 });
    const grown = await train({ l1: [2], steps: 500, gainSteps: 200 });
    expect(explainedVariance(grown.figures)).toBeGreaterThan(explainedVariance(shrunk.figures) + 0.02);
    expect(Math.abs(grown.figures.l0 - shrunk.figures.l0)).toBeLessThan(0.3);
    const rows = tensorOf(grown.current, 'wDec').data;
    for (let at = 0; at < rows.length; at += dIn) expect(Math.hypot(...rows.subarray(at, at + dIn))).toBeCloseTo(1, 5);
  });

  it('tells the loss, L0, explained variance, dead features and λ as it goes', async () => {
    const { effects, lines, updates } = recordingEffects();
    await train({ steps: 40 }, effects);
    expect(lines[0]).toMatch(
      /^step 2 of 40 {2}loss [\d.]+ {2}l0 [\d.]+ {2}explained -?[\d.]+ {2}dead \d+ {2}λ [\d.]+$/,
    );
    expect(updates.at(-2)).toBe(`train ${40 * 256}/${40 * 256} tokens`);
  });
});
