import { expect, test } from 'vitest';
import { percentAsTyped, shareOfPercent } from '../../../site/search/density-bar.ts';

test('a bound stays as it is typed while it says what the query has', () => {
  expect(percentAsTyped(shareOfPercent('0.0'), '0.0')).toBe('0.0');
  expect(percentAsTyped(0.0005, '0.050')).toBe('0.050');
  expect(percentAsTyped(0.25, '0.050')).toBe('25');
  expect(percentAsTyped(null, '')).toBe('');
  expect(percentAsTyped(0.25)).toBe('25');
});
