import { describe, expect, it } from 'vitest';
import { recordingEffects, silentEffects } from '../../../pipeline/effects.ts';
import { randomInteger, randomNormal, seededRandom } from '../../../pipeline/numbers/seeded-random.ts';
import type { ActivationStream } from '../../../pipeline/training/sae/activations.ts';
import type { SaeKind } from '../../../pipeline/training/sae/kind-names.ts';
import { widthOf } from '../../../pipeline/training/sae/shape.ts';
import type { TrainerOptions } from '../../../pipeline/training/sae/trainer.ts';
import { explainedVariance } from '../../../pipeline/training/sae/training.ts';
import { trainOn } from './train-on.ts';

const dIn = 16;
const shape = { dIn, dSae: 40, batch: 256 };
const planted = directions(24);

function unit(vector: Float64Array): Float64Array {
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
}

function directions(count: number): Float64Array[] {
  const random = seededRandom(11);
  return Array.from({ length: count }, () => unit(Float64Array.from({ length: dIn }, () => randomNormal(random))));
}

/** Tokens that are each the sum of two planted directions, with an offset. */
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

const train = (kind: SaeKind, more: Partial<TrainerOptions> = {}, effects = silentEffects()) =>
  trainOn({ shape, targetL0: 2, open: plantedStream }, kind, more, effects);

/** How many planted directions are a decoder row, by a cosine above 0.95. */
function found({ training }: Awaited<ReturnType<typeof train>>): number {
  const width = widthOf(shape);
  const rows = training.state.parameters.wDec.p;
  return planted.filter((direction) =>
    Array.from({ length: shape.dSae }, (_, i) => rows.subarray(i * width, i * width + dIn)).some(
      (row) => direction.reduce((sum, value, d) => sum + value * (row[d] ?? 0), 0) > 0.95,
    ),
  ).length;
}

describe('trainSteps', () => {
  it.each([
    ['batchtopk', 18, 0.9],
    ['topk', 22, 0.9],
    ['jumprelu', 22, 0.9],
    ['relu', 22, 0.3], // its penalty shrinks activations
  ] as const)('finds the directions that sparse data was made of (%s)', async (kind, directionsFound, explained) => {
    const trained = await train(kind);
    expect(found(trained)).toBeGreaterThanOrEqual(directionsFound);
    expect(explainedVariance(trained.training.figures)).toBeGreaterThan(explained);
    expect(Math.abs(trained.training.figures.l0 - 2)).toBeLessThan(0.5);
  });

  it('reconstructs from the first features alone in Matryoshka', async () => {
    const trained = await train('batchtopk', { prefixes: [8, 40] });
    expect(explainedVariance(trained.training.figures)).toBeGreaterThan(0.7);
  });

  it('records a curve, and says how it goes', async () => {
    const { effects, lines, updates } = recordingEffects();
    const { curve } = await train('batchtopk', { steps: 40 }, effects);
    expect(curve).toHaveLength(40);
    expect(curve.at(-1)).toMatchObject({ step: 40, layer: 3, targetL0: 2, l0: 2 });
    expect(curve.at(-1)?.loss).toBeLessThan(curve[0]?.loss ?? 0);
    expect(lines[0]).toMatch(
      /^step 2 of 40 {2}loss [\d.]+ {2}l0 2.0 {2}explained -?[\d.]+ {2}dead 0 {2}threshold [\d.]+$/,
    );
    expect(updates.at(-2)).toBe(`train ${40 * 256}/${40 * 256} tokens`);
  });

  it('stops at a loss that is not finite, with step and layer', async () => {
    const broken = async () => {
      const { effects } = recordingEffects();
      await train('batchtopk', { lr: Number.NaN, steps: 5 }, effects);
    };
    await expect(broken()).rejects.toThrow(
      /diverged: .* of layer 3 at l0 2 is NaN at step [12]; a lower --lr may help/,
    );
  });
});
