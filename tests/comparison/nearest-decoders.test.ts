import { expect, it } from 'vitest';
import { nearestDecoders } from '../../pipeline/comparison/nearest-decoders.ts';
import { createEngine } from '../../pipeline/engine/index.ts';
import { seededRandom } from '../../pipeline/numbers/seeded-random.ts';
import { float32 } from '../../pipeline/numbers/tensor.ts';

const engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
const dIn = 9;

function decoders(count: number, seed: number, features: readonly number[]) {
  const random = seededRandom(seed);
  const wDec = float32([count, dIn]);
  for (let i = 0; i < wDec.data.length; i++) wDec.data[i] = (1 + (i % 3)) * (random() - 0.5);
  return { wDec, features };
}

type Decoders = ReturnType<typeof decoders>;

function cosine(a: Decoders, i: number, b: Decoders, j: number): number {
  const [x, y] = [a.wDec.data.subarray(i * dIn, (i + 1) * dIn), b.wDec.data.subarray(j * dIn, (j + 1) * dIn)];
  const dot = (u: Float32Array, v: Float32Array) => u.reduce((sum, value, d) => sum + value * v[d], 0);
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
}

const every = (count: number, step: number) => Array.from({ length: Math.ceil(count / step) }, (_, i) => i * step);

it('finds the nearest that pairs compared one by one have, in blocks and rows that do not divide them', async () => {
  const own = decoders(700, 1, every(700, 2));
  const candidates = decoders(500, 2, every(500, 3));
  for (const mostNumbers of [undefined, 50 * dIn]) {
    const found = await nearestDecoders(engine, own, candidates, mostNumbers);
    expect(found).toHaveLength(own.features.length);
    for (const [i, feature] of own.features.entries()) {
      const best = candidates.features
        .map((other) => ({ other, value: cosine(own, feature, candidates, other) }))
        .toSorted((a, b) => b.value - a.value)[0];
      expect(found[i].feature).toBe(best.other);
      expect(found[i].cosine).toBeCloseTo(best.value, 5);
    }
  }
});

it('takes the lower number of two that are as near, and finds nothing among none', async () => {
  const own = decoders(3, 1, [0, 2]);
  const twice = float32([6, dIn]);
  for (const at of [1, 4]) twice.data.set(own.wDec.data.subarray(2 * dIn, 3 * dIn), at * dIn);
  const found = await nearestDecoders(engine, own, { wDec: twice, features: [1, 4] });
  expect(found[1]).toMatchObject({ feature: 1, cosine: expect.closeTo(1, 5) });
  expect(await nearestDecoders(engine, own, { wDec: twice, features: [] })).toEqual([]);
});
