import '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { evenPattern } from '../../../../pipeline/measures/heads/maths/even-pattern.ts';
import { attentionOnRepeats } from '../../../../pipeline/measures/heads/maths/head-attention.ts';

it('gives every source up to the destination an equal share', () => {
  const pattern = evenPattern(2, 3);
  expect(pattern.shape).toEqual([2, 1, 3, 3]);
  const third = Math.fround(1 / 3);
  const one = [1, 0, 0, 0.5, 0.5, 0, third, third, third];
  expect([...pattern.dataSync()]).toEqual([...one, ...one]);
});

it('gives sources that the window does not reach none', () => {
  const third = [0, 0.5, 0.5];
  expect([...evenPattern(1, 3, 2).dataSync()]).toEqual([1, 0, 0, 0.5, 0.5, 0, ...third]);
  expect([...evenPattern(1, 3, 9).dataSync()]).toEqual([...evenPattern(1, 3).dataSync()]);
});

it('scores on repeats what chance gives: the mean of 1/(t + 1) over the destinations', () => {
  // BOS and three tokens twice: destinations 4, 5, 6 for induction and duplicates, 2 to 6 for the previous token.
  const mean = (places: number[]) => places.reduce((sum, t) => sum + 1 / (t + 1), 0) / places.length;
  const scores = [...attentionOnRepeats(evenPattern(2, 7)).dataSync()];
  const wanted = [mean([4, 5, 6]), mean([2, 3, 4, 5, 6]), mean([4, 5, 6])];
  for (const [i, score] of scores.entries()) expect(score).toBeCloseTo(wanted[i] ?? Number.NaN, 6);
});
