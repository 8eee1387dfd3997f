import { describe, expect, it } from 'vitest';
import {
  longestPrefix,
  repeatedPrefix,
} from '../../../../../pipeline/measures/studies/induction/maths/repeated-prefix.ts';

const bos = 99;
const ordinary = Int32Array.from({ length: 40 }, (_, id) => id);
const make = (prefix: number, example: number, length = 30, seed = 3) =>
  repeatedPrefix({ bos, ordinary, length, prefix, seed, example });

describe.each([1, 2, 5, 9])('a prefix of %i tokens', (prefix) => {
  const sequences = Array.from({ length: 200 }, (_, example) => make(prefix, example));

  it('is said twice, the second time at the end, and nothing else is said twice', () => {
    for (const { tokens, source } of sequences) {
      expect([tokens.length, tokens[0]]).toEqual([30, bos]);
      expect(tokens.slice(source - prefix, source)).toEqual(tokens.slice(-prefix));
      expect(new Set(tokens).size).toBe(30 - prefix);
    }
  });

  it('is followed by the answer, with another token between that and its second time, and preceded by another token', () => {
    for (const { tokens, source, answer } of sequences) {
      expect(answer).toBe(tokens[source]);
      expect(source).toBeLessThan(tokens.length - prefix - 1);
      expect(source - prefix).toBeGreaterThanOrEqual(2);
      expect(tokens[source - prefix - 1]).not.toBe(tokens[tokens.length - prefix - 1]);
    }
  });

  it('stands at every place that has room for it', () => {
    const places = new Set(sequences.map(({ source }) => source));
    expect(places.size).toBe(30 - 2 * prefix - 3);
  });
});

it('every token is as likely as any other to be the answer', () => {
  const counts = new Map<number, number>();
  for (let example = 0; example < 4000; example++) {
    const { answer } = make(3, example);
    counts.set(answer, (counts.get(answer) ?? 0) + 1);
  }
  expect(counts.size).toBe(40);
  for (const count of counts.values()) expect(count).toBeGreaterThan(50);
});

it('an example is the same again, and another for another number, length or seed', () => {
  expect(make(2, 5)).toEqual(make(2, 5));
  for (const other of [make(2, 6), make(3, 5), make(2, 5, 30, 4)]) expect(other.tokens).not.toEqual(make(2, 5).tokens);
});

it('the longest prefix that fits has one place, and a longer one is refused', () => {
  expect(longestPrefix(12)).toBe(4);
  expect(make(4, 0, 12).source).toBe(6);
  expect(() => make(5, 0, 12)).toThrow('a prefix of 5 does not fit 12 tokens');
});

it('too small a vocabulary is refused', () => {
  const few = ordinary.subarray(0, 9);
  expect(() => repeatedPrefix({ bos, ordinary: few, length: 12, prefix: 1, seed: 0, example: 0 })).toThrow(
    'cannot draw 10 of 9 tokens',
  );
});
