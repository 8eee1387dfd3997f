import { expect, it } from 'vitest';
import { createEngine } from '../../../pipeline/engine/index.ts';
import { compareDecoders } from '../../../pipeline/measures/quality/decoder-similarity.ts';
import { seededRandom } from '../../../pipeline/numbers/seeded-random.ts';
import { float32 } from '../../../pipeline/numbers/tensor.ts';

const engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });

const measure = async (rows: readonly (readonly number[])[], mostNumbers?: number) => {
  const dIn = rows[0]?.length ?? 0;
  const wDec = float32([rows.length, dIn], Float32Array.from(rows.flat()));
  const { similarity, nearest } = await compareDecoders(
    engine,
    { id: 'made', dIn, dSae: rows.length, wDec },
    undefined,
    mostNumbers,
  );
  expect(nearest).toEqual([]);
  return similarity;
};

/** The same in double precision, pair by pair. */
function byPairs(rows: readonly (readonly number[])[]) {
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, d) => sum + value * (b[d] ?? 0), 0);
  const cosine = (a: readonly number[], b: readonly number[]) => {
    const norms = Math.sqrt(dot(a, a) * dot(b, b));
    return norms > 0 ? dot(a, b) / norms : 0;
  };
  const others = rows.map((row, i) => rows.flatMap((other, j) => (i === j ? [] : [cosine(row, other)])));
  return {
    averageMaxDecoderCosineSim: others.reduce((sum, own) => sum + Math.max(...own), 0) / rows.length,
    nearTwins: others.flat().filter((value) => value > 0.99).length / 2,
  };
}

/** Random directions of random lengths; some are others slightly turned, some point the other way, one is zero. */
function madeRows(count: number, dIn: number, seed: number): number[][] {
  const random = seededRandom(seed);
  const rows = Array.from({ length: count }, () => Array.from({ length: dIn }, () => random() - 0.5));
  for (let i = 0; i + 40 < count; i += 7) {
    const turned = 0.02 + 0.06 * random();
    rows[i + 40] = rows[i].map((value) => 3 * (value + turned * (random() - 0.5)));
    rows[i + 1] = rows[i].map((value) => -value);
  }
  rows[5] = rows[5].map(() => 0);
  return rows;
}

it('finds the mean nearest cosine and every near twin once, as pairs compared one by one do', async () => {
  const rows = madeRows(600, 9, 3);
  const wanted = byPairs(rows);
  expect(wanted.nearTwins).toBeGreaterThan(60);
  for (const mostNumbers of [undefined, 9 * 250]) {
    const found = await measure(rows, mostNumbers);
    expect(found.nearTwins).toBe(wanted.nearTwins);
    expect(found.averageMaxDecoderCosineSim).toBeCloseTo(wanted.averageMaxDecoderCosineSim, 6);
  }
});

it('takes the nearest by sign: features that only point away from each other are not near', async () => {
  const found = await measure([
    [1, 0],
    [-2, 0],
  ]);
  expect(found).toEqual({ averageMaxDecoderCosineSim: -1, nearTwins: 0 });
});

it('counts three features of one direction as three pairs', async () => {
  const same = [0.6, 0.8, 0];
  const found = await measure([same, same.map((value) => 5 * value), same, [0, 0, 1]]);
  expect(found.nearTwins).toBe(3);
  expect(found.averageMaxDecoderCosineSim).toBeCloseTo(0.75, 6);
});

it('says nothing of an SAE of one feature', async () => {
  expect(await measure([[1, 2]])).toEqual({ averageMaxDecoderCosineSim: Number.NaN, nearTwins: 0 });
});
