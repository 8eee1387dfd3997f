import { expect, test } from 'vitest';
import { decoderTwins } from '../../../../pipeline/measures/heads/maths/decoder-twins.ts';
import { randomNormal, seededRandom } from '../../../../pipeline/numbers/seeded-random.ts';
import { float32 } from '../../../../pipeline/numbers/tensor.ts';

const twinsOf = (rows: readonly (readonly number[])[], features = rows.map((_, i) => i), nHeads = 1) => {
  const dIn = rows[0]?.length ?? 0;
  return [
    ...decoderTwins({ wDec: float32([rows.length, dIn], Float32Array.from(rows.flat())), dIn }, features, nHeads),
  ];
};

test('twins go by direction: length does not matter, the opposite direction is another', () => {
  expect(
    twinsOf([
      [1, 2, 3],
      [0, 1, 0],
      [2, 4, 6],
      [-1, -2, -3],
    ]),
  ).toEqual([
    [0, 0],
    [2, 0],
  ]);
});

test('a cosine over 0.999 makes a twin, one under it does not', () => {
  const at = (cosine: number) => [cosine, Math.sqrt(1 - cosine ** 2)];
  expect(twinsOf([[1, 0], at(0.9992)])).toHaveLength(2);
  expect(twinsOf([[1, 0], at(0.9988)])).toEqual([]);
});

test('features not asked for and rows of nothing are no one’s twins', () => {
  expect(
    twinsOf(
      [
        [1, 0],
        [1, 0],
        [0, 0],
        [0, 0],
      ],
      [1, 2, 3],
    ),
  ).toEqual([]);
});

test('planted twins among random directions are found, all of them and no others', () => {
  const random = seededRandom(3);
  const rows = Array.from({ length: 300 }, () => Array.from({ length: 96 }, () => randomNormal(random)));
  rows[200] = (rows[7] ?? []).map((value) => 3 * value);
  rows[299] = (rows[7] ?? []).map((value) => value + 0.005 * randomNormal(random));
  rows[5] = (rows[250] ?? []).map((value) => value);
  for (const nHeads of [1, 8])
    expect(twinsOf(rows, undefined, nHeads)).toEqual([
      [5, 5],
      [7, 7],
      [200, 7],
      [250, 5],
      [299, 7],
    ]);
});
