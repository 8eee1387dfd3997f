import { expect, it } from 'vitest';
import { wilsonInterval } from '../../pipeline/numbers/wilson.ts';

it('agrees with the published example of 1 in 10', () => {
  const { low, high } = wilsonInterval(1, 10);
  expect([low, high].map((value) => value.toFixed(4))).toEqual(['0.0179', '0.4042']);
});

it('stays within 0 and 1, and says nothing of no trials', () => {
  expect(wilsonInterval(0, 5).low).toBe(0);
  expect(wilsonInterval(5, 5).high).toBe(1);
  expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
});
