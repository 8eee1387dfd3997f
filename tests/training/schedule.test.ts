import { expect, test } from 'vitest';
import { decayingFrom, lastStep, learningRate, plannedSchedule } from '../../pipeline/training/schedule.ts';

const schedule = plannedSchedule(0.5, 10, 100);

test('the rate rises, stays and falls to zero over the last two fifths', () => {
  const rates = [0, 9, 10, 59, 60, 80, 100].map((step) => learningRate(step, schedule));
  expect(rates).toEqual([0.05, 0.5, 0.5, 0.5, 0.5, 0.25, 0]);
  expect(lastStep(schedule)).toBe(100);
});

test('a fall that starts early is a third of the whole, and ends no later than planned', () => {
  const early = decayingFrom(schedule, 40);
  expect(lastStep(early)).toBe(60);
  expect(learningRate(50, early)).toBe(0.25);
  expect(lastStep(decayingFrom(plannedSchedule(0.5, 10, 1000), 590))).toBe(885);
});

test('a fall that has begun is not moved', () => {
  expect(decayingFrom(schedule, 85)).toBe(schedule);
});
