import { expect, test } from 'vitest';
import { decayingFrom, lastStep, learningRate, plannedSchedule } from '../../pipeline/training/schedule.ts';

const schedule = plannedSchedule(0.5, 10, 100);

test('the rate rises, stays and falls to zero over the last fifth', () => {
  const rates = [0, 9, 10, 79, 80, 90, 100].map((step) => learningRate(step, schedule));
  expect(rates).toEqual([0.05, 0.5, 0.5, 0.5, 0.5, 0.25, 0]);
  expect(lastStep(schedule)).toBe(100);
});

test('a fall that starts early is a fifth of the whole', () => {
  const early = decayingFrom(schedule, 40);
  expect(lastStep(early)).toBe(50);
  expect(learningRate(45, early)).toBe(0.25);
});

test('a fall that has begun is not moved', () => {
  expect(decayingFrom(schedule, 85)).toBe(schedule);
});
