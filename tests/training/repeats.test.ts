import { expect, test } from 'vitest';
import { seededRandom } from '../../pipeline/numbers/seeded-random.ts';
import { repeatedSpan, repeatedTokens } from '../../pipeline/training/repeats.ts';

const pool = Int32Array.from({ length: 40 }, (_, i) => 100 + i);
const options = { length: 60, pool, shortest: 4, longest: 20 };

/** The shortest period of a sequence. */
function period(tokens: Int32Array): number {
  for (let p = 1; p < tokens.length; p++) if (tokens.every((token, i) => i < p || token === tokens[i - p])) return p;
  return tokens.length;
}

test('a repeated sequence is one segment of distinct tokens of the pool again and again', () => {
  const periods = new Set<number>();
  for (let seed = 0; seed < 300; seed++) {
    const tokens = repeatedTokens(seededRandom(seed), options);
    const size = period(tokens);
    expect(tokens).toHaveLength(60);
    expect(new Set(tokens).size).toBe(size);
    expect(tokens.every((token) => pool.includes(token))).toBe(true);
    periods.add(size);
  }
  expect([Math.min(...periods), Math.max(...periods)]).toEqual([4, 20]);
});

test('a segment longer than its pool still has its length', () => {
  const tokens = repeatedTokens(seededRandom(1), { length: 30, pool: pool.subarray(0, 3), shortest: 9, longest: 9 });
  expect(tokens.slice(9)).toEqual(tokens.slice(0, 21));
});

test('a span of the text comes again further on, the text going on after it', () => {
  const text = Int32Array.from({ length: 40 }, (_, i) => i);
  for (let seed = 0; seed < 300; seed++) {
    const spliced = repeatedSpan(seededRandom(seed), text);
    expect(spliced).toHaveLength(40);
    const again = spliced.findIndex((token, i) => token < i);
    const from = spliced[again] ?? 0;
    const size = spliced.slice(again).indexOf(again);
    const copied = size < 0 ? 40 - again : size;
    expect(copied).toBeGreaterThanOrEqual(4);
    expect([...spliced.slice(again, again + copied)]).toEqual(Array.from({ length: copied }, (_, i) => from + i));
    expect(from + copied).toBeLessThanOrEqual(again);
  }
});
