import { describe, expect, it } from 'vitest';
import { append } from '../../pipeline/numbers/append.ts';
import { greatest, least } from '../../pipeline/numbers/extremes.ts';

/** More than an argument list holds. */
const many = Float64Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 300_007);

describe('the greatest and the least of values', () => {
  it('are those of Math.max and Math.min, an empty list and NaN included', () => {
    for (const values of [[], [3], [2, -5, 4], [-0, 0], [1, Number.NaN, 2]]) {
      expect(greatest(values)).toBe(Math.max(...values));
      expect(least(values)).toBe(Math.min(...values));
    }
    expect([greatest([1], 2), least([1], 0)]).toEqual([2, 0]);
  });

  it('are found among more values than a call takes arguments', () => {
    expect(() => Math.max(...many)).toThrow(RangeError);
    expect([greatest(many), least(many)]).toEqual([300_006, 0]);
  });
});

it('appends more items than a call takes arguments', () => {
  const list = [1];
  expect(() => [1].push(...many)).toThrow(RangeError);
  append(list, many);
  expect(list).toHaveLength(300_001);
  expect(list.at(-1)).toBe(many.at(-1));
});
