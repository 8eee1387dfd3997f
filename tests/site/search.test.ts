import { expect, test } from 'vitest';
import { densityBar, percentAsTyped, shareOfPercent } from '../../site/search/density-bar.ts';
import { paced } from '../../site/search/paced.ts';

test('per cent typed by a reader becomes the share that it says, and back', () => {
  expect(shareOfPercent('0.1')).toBe(0.001);
  expect(shareOfPercent('')).toBe(null);
  expect(shareOfPercent('-1')).toBe(null);
  expect(shareOfPercent('101')).toBe(null);
  expect(percentAsTyped(0.007)).toBe('0.7');
  expect(percentAsTyped(null)).toBe('');
});

test('density bars are logarithmic, from one in a million to all', () => {
  expect([0, 1e-6, 1e-3, 1].map(densityBar)).toEqual(['w0', 'w0', 'w25', 'w50']);
});

test('what trickles in is shown at once, then at most every 300 ms', () => {
  let now = 1000;
  let shown = 0;
  const update = paced(
    () => (shown += 1),
    () => now,
  );
  const times = [1000, 1100, 1299, 1300, 1350];
  const counts = times.map((time) => {
    now = time;
    update();
    return shown;
  });
  expect(counts).toEqual([1, 1, 1, 2, 2]);
});
