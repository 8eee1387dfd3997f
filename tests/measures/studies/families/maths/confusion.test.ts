import { expect, it } from 'vitest';
import { accuracy, classFigures } from '../../../../../pipeline/measures/studies/families/maths/confusion.ts';

const cells = [
  { truth: 'a', called: 'a', count: 6 },
  { truth: 'a', called: 'b', count: 2 },
  { truth: 'b', called: 'b', count: 3 },
  { truth: 'b', called: 'a', count: 4 },
];

it('tells what is called so from what is so', () => {
  const [a, b] = classFigures(cells, ['a', 'b']);
  expect([a?.precision.share, a?.recall.share]).toEqual([6 / 10, 6 / 8]);
  expect([b?.precision.share, b?.recall.share]).toEqual([3 / 5, 3 / 7]);
});

it('says nothing of what there is none of, and gives it the whole interval', () => {
  expect(classFigures(cells, ['c'])[0]?.recall).toEqual({
    right: 0,
    of: 0,
    share: undefined,
    interval: { low: 0, high: 1 },
  });
});

it('counts all that was called what it is', () => {
  expect(accuracy(cells)).toMatchObject({ right: 9, of: 15, share: 0.6 });
  expect(accuracy(cells).interval.low).toBeLessThan(0.6);
});
