import { expect, test } from 'vitest';
import {
  halfLosses,
  repeatedHalves,
} from '../../../../../pipeline/measures/studies/induction/maths/repeated-halves.ts';

test('rows begin with bos, hold no other one, and say the same random tokens twice', () => {
  const rows = repeatedHalves({ rows: 50, length: 8, bos: 2, tokens: Int32Array.of(0, 1, 2, 4, 7), seed: 1 });
  const seen = new Set<number>();
  for (let row = 0; row < 50; row++) {
    const [bos, ...tokens] = rows.data.slice(8 * row, 8 * row + 8);
    expect([bos, tokens[6]]).toEqual([2, 2]);
    expect(tokens.slice(0, 3)).toEqual(tokens.slice(3, 6));
    for (const token of tokens.slice(0, 6)) seen.add(token);
  }
  expect([...seen].sort()).toEqual([0, 1, 4, 7]);
});

test('the first token of the second half, which nothing foretells, counts in neither half', () => {
  expect(halfLosses([8, 9, 10, 99, 1, 2, 99], 8)).toEqual({ first: 9, second: 1.5 });
});
