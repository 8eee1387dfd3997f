import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { seededRandom } from '../../../pipeline/numbers/seeded-random.ts';
import { ByteSink } from '../../../site/page-kit/byte-sink.ts';
import {
  addPercent,
  addSigned,
  addSignificant,
  count,
  fourDigits,
  offset,
  percent,
  signed,
  significant,
} from '../../../site/page-kit/format.ts';

test('numbers keep three significant digits, also where rounding adds one before the point', () => {
  expect([12.345, 0.09996, 999.6, 0.00012345].map((value) => significant(value))).toEqual([
    '12.3',
    '0.100',
    '1000',
    '0.000123',
  ]);
});

test.each([2, 3])(
  '%i digits are those that the number has with so many, halves and powers of ten among them',
  (digits) => {
    const random = seededRandom(5);
    const values = Array.from({ length: 20_000 }, () => 10 ** (random() * 7 - 3.5));
    for (const value of [
      ...values,
      0.5,
      2.5,
      0.125,
      0.0625,
      9.95,
      9.995,
      99.5,
      99.95,
      999.5,
      0.0995,
      0.001,
      1,
      10,
      100,
    ]) {
      const size = Number(value.toPrecision(digits));
      const expected = value.toFixed(Math.max(0, digits - 1 - Math.floor(Math.log10(size))));
      expect(significant(value, digits)).toBe(expected);
      expect(significant(-value, digits)).toBe(`−${expected}`);
    }
  },
);

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
  expect(percent(3.21e-6)).toBe('0.000321%');
  expect(percent(4.2e-10, 2)).toBe('<0.0001%');
});

test('thousands are set apart by commas, and a percent sign follows its number at once', () => {
  expect([999, 8192, 1234567, 8192n].map(count)).toEqual(['999', '8,192', '1,234,567', '8,192']);
  expect([0.94, 1, 0].map((share) => percent(share, 2))).toEqual(['94%', '100%', '0%']);
});

/** Files whose text a reader sees. */
const shown = [...globSync('site/**/*.{ts,astro,svelte}'), ...globSync('pipeline/measures/studies/**/*.ts')];

test.each(shown)('no number that %s spells out has a space before its percent sign', (file) => {
  const text = readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
  expect(text).not.toMatch(/[\d}](?: |\\u202f|\\u2009|\u202f|\u2009|\u00a0|&nbsp;|&thinsp;)%/);
});

test('four digits are those that the number has with so many, as short as they print', () => {
  const random = seededRandom(6);
  const values = Array.from({ length: 20_000 }, () => 10 ** (random() * 10 - 5));
  const halves = [0.00099995, 0.012345, 0.12345, 1.2345, 12.345, 999.95, 9999.5, 99_995];
  for (const value of [...values, ...values.map(Math.fround), ...halves, 0, 1e-7, 1e21, Number.POSITIVE_INFINITY]) {
    expect(fourDigits(value)).toBe(String(Number(value.toPrecision(4))));
  }
});

test('numbers are written as bytes as they are printed, each the second time as the first', () => {
  const random = seededRandom(6);
  const sizes = Array.from({ length: 5000 }, () => 10 ** (random() * 14 - 9));
  const odd = [0, 1, 0.5, 0.125, 9.995, 99.5, 999.5, 0.001, 1e-6, Number.NaN, Number.POSITIVE_INFINITY];
  const values = [...sizes, ...odd].flatMap((size) => [size, -size]);
  const sink = new ByteSink();
  for (const digits of [2, 3, 2, 3] as const) {
    for (const value of values) {
      sink.clear();
      addSignificant(value, digits, sink);
      sink.addByte(0x20);
      addSigned(value, digits, sink);
      expect(sink.text).toBe(`${significant(value, digits)} ${signed(value, digits)}`);
      sink.clear();
      addPercent(value, digits, sink);
      expect(sink.text).toBe(percent(value, digits).replace('<', '&lt;'));
    }
  }
});
