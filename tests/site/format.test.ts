import { expect, test } from 'vitest';
import { count, offset, percent, signed, significant } from '../../site/lib/format.ts';

test('numbers keep three significant digits, also where rounding adds one before the point', () => {
  expect([12.345, 0.09996, 999.6, 0.00012345].map((value) => significant(value))).toEqual([
    '12.3',
    '0.100',
    '1000',
    '0.000123',
  ]);
});

test('very small and very large numbers go to exponents, and what is no number to a dash', () => {
  expect(significant(1.2345e-7)).toBe('1.23e−7');
  expect(significant(2.5e7)).toBe('2.50e7');
  expect(significant(Number.NaN)).toBe('–');
});

test('negative numbers carry a true minus sign, signed ones a plus', () => {
  expect(significant(-1.5)).toBe('−1.50');
  expect(signed(1.5)).toBe('+1.50');
  expect(offset(-57)).toBe('−57');
});

test('a density far under a thousandth of a per cent is not rounded to zero', () => {
  expect(percent(3.21e-6)).toBe('0.000321\u202f%');
});

test('thousands are set apart', () => {
  expect(count(1234567)).toBe('1\u202f234\u202f567');
});
