import { describe, expect, it } from 'vitest';
import { noRecord, TopExamples } from '../../pipeline/record/top-examples.ts';

function offer(top: TopExamples, activations: readonly (readonly [token: number, value: number])[]): TopExamples {
  for (const [token, value] of activations) if (top.admits(0, value)) top.add(0, token, value);
  return top;
}

const tokensOf = (top: TopExamples) => top.of(0).map(({ token }) => token);

describe('the top examples of a feature', () => {
  it('are its largest activations, largest first', () => {
    expect(
      tokensOf(
        offer(new TopExamples(1, 3), [
          [1, 0.25],
          [2, 0.875],
          [3, 0.125],
          [4, 0.5],
          [5, 0.375],
        ]),
      ),
    ).toEqual([2, 4, 5]);
  });

  it('are there where it was ever active', () => {
    const top = offer(new TopExamples(2, 1), [[3, 0.5]]);
    expect([0, 1].map((feature) => top.isAlive(feature))).toEqual([true, false]);
  });

  it('go to the earlier token when activations tie', () => {
    expect(
      tokensOf(
        offer(new TopExamples(1, 2), [
          [1, 0.5],
          [2, 0.5],
          [3, 0.5],
        ]),
      ),
    ).toEqual([1, 2]);
    expect(
      tokensOf(
        offer(new TopExamples(1, 2), [
          [1, 0.5],
          [2, 0.75],
          [3, 0.75],
        ]),
      ),
    ).toEqual([2, 3]);
  });

  it('are the same as those of a sort of everything', () => {
    const activations = Array.from({ length: 500 }, (_, i): [number, number] => [i, ((i * 7919) % 101) / 128]).filter(
      ([, value]) => value > 0,
    );
    const sorted = activations.toSorted((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 20);
    expect(tokensOf(offer(new TopExamples(1, 20), activations))).toEqual(sorted.map(([token]) => token));
  });

  it('keep the record of an example as others come before it, and drop it with the example', () => {
    const top = offer(new TopExamples(1, 2), [[1, 0.5]]);
    top.setRecord(0, 1, 42);
    offer(top, [[2, 0.875]]);
    expect(top.of(0).map(({ token, record }) => [token, record])).toEqual([
      [2, noRecord],
      [1, 42],
    ]);
    offer(top, [[3, 0.75]]);
    expect(top.has(0, 1)).toBe(false);
    expect(() => top.setRecord(0, 1, 7)).toThrow('token 1 is not among the top examples of feature 0');
  });

  it('continue from a saved state as if never interrupted', () => {
    const before: [number, number][] = [
      [1, 0.25],
      [2, 0.875],
      [3, 0.5],
    ];
    const after: [number, number][] = [
      [4, 0.375],
      [5, 0.9375],
      [6, 0.875],
    ];
    const resumed = new TopExamples(1, 2, offer(new TopExamples(1, 2), before).state);
    expect(offer(resumed, after).of(0)).toEqual(offer(new TopExamples(1, 2), [...before, ...after]).of(0));
  });
});
