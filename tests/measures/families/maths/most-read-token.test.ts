import { expect, it } from 'vitest';
import { mostReadToken, tokenShare } from '../../../../pipeline/measures/families/maths/most-read-token.ts';
import { readingOf } from '../../../../pipeline/measures/families/maths/reading.ts';
import { noSuccession } from '../../../../pipeline/measures/families/maths/succession.ts';

const nothing = { effects: new Map(), clear: new Set<number>() };
const read = (classes: number[], bySource: number[]) =>
  readingOf({ classes, bySource, position: classes.length - 1, promoted: nothing, succession: noSuccession });

it('finds the token that is read wherever it stands', () => {
  const readings = [read([0, 7, 1, 2, 3], [0, 9, 0, 0, 1]), read([0, 4, 5, 7, 6], [0, 0, 1, 9, 0])];
  // An even reader has it once in four: (0.9 − 0.25)/0.75.
  expect(mostReadToken(readings)).toMatchObject({ token: 7, score: expect.closeTo(0.65 / 0.75, 10) });
});

it('counts the present token, and does not count BOS', () => {
  // Half of what is read, of one source in three: (1/2 − 1/3)/(1 − 1/3).
  expect(mostReadToken([read([7, 1, 2, 7], [5, 0, 0, 5])])).toMatchObject({
    token: 7,
    score: expect.closeTo(1 / 4, 10),
  });
  expect(mostReadToken([read([7, 1, 2], [5, 0, 0])])).toBeUndefined();
});

it('weighs an example by its attribution', () => {
  const [strong, weak] = [read([0, 1, 2, 3], [0, 30, 0, 0]), read([0, 4, 2, 3], [0, 10, 0, 0])];
  expect(mostReadToken([weak, strong])).toMatchObject({ token: 1, score: expect.closeTo(0.75, 10) });
  expect(tokenShare(weak, 1)).toBe(0);
});

it('knows how far its distances wander', () => {
  const near = read([0, 4, 7, 3], [0, 0, 9, 0]);
  const far = read([0, 7, 4, 5, 6, 3], [0, 9, 0, 0, 0, 0]);
  expect(mostReadToken([near, near])?.wander).toBe(0);
  // One token back, and four.
  expect(mostReadToken([near, far])?.wander).toBeCloseTo(1.5, 10);
  expect(mostReadToken([read([0, 7, 4, 5, 7, 6], [0, 9, 0, 0, 9, 0])])?.wander).toBeCloseTo(1.5, 10);
});
