import { expect, test } from 'vitest';
import {
  bfloat16Bits,
  decodeFloats,
  encodeHalves,
  float16Bits,
  float16Value,
} from '../../pipeline/files/float-formats.ts';

test('float16 bits give the values of IEEE 754 binary16', () => {
  expect(float16Value(0x3c00)).toBe(1);
  expect(float16Value(0xc000)).toBe(-2);
  expect(float16Value(0x7bff)).toBe(65504);
  expect(float16Value(0x0001)).toBe(2 ** -24);
  expect(float16Value(0x8000)).toBe(-0);
  expect(float16Value(0x7c00)).toBe(Number.POSITIVE_INFINITY);
  expect(float16Value(0x7e00)).toBeNaN();
});

test('every float16 goes to its value and back', () => {
  for (let bits = 0; bits < 0x10000; bits++) {
    const value = float16Value(bits);
    if (!Number.isNaN(value)) expect(float16Bits(value)).toBe(bits);
  }
});

test('float16 rounds to the nearest, ties to even', () => {
  expect(float16Value(float16Bits(1 + 2 ** -11))).toBe(1);
  expect(float16Value(float16Bits(1 + 3 * 2 ** -11))).toBe(1 + 2 ** -9);
  expect(float16Value(float16Bits(2047.9))).toBe(2048);
  expect(float16Value(float16Bits(65520))).toBe(Number.POSITIVE_INFINITY);
  expect(float16Value(float16Bits(2 ** -25 * 1.1))).toBe(2 ** -24);
});

test('many float16 at once are what each is alone, at every exponent and on both sides of every tie', () => {
  const sizes = Array.from({ length: 60 }, (_, i) => 2 ** (i - 36)).flatMap((size) =>
    [1, 1 + 2 ** -11, 1 + 2 ** -11 + 2 ** -20, 1 + 3 * 2 ** -11, 1.999].map((part) => size * part),
  );
  const edges = [0, 65504, 65519.9, 65520, Number.MAX_VALUE, Number.POSITIVE_INFINITY, Number.NaN];
  const values = Float32Array.from([...sizes, ...edges].flatMap((value) => [value, -value]));
  expect([...encodeHalves(values)]).toEqual([...values].map(float16Bits));
});

test('bfloat16 is the upper half of a float32', () => {
  const target = new Float32Array(3);
  decodeFloats('BF16', Uint8Array.of(0x80, 0x3f, 0x49, 0xc0), target, 1);
  expect([...target]).toEqual([0, 1, -3.140625]);
});

test('a bfloat16 goes to its bits', () => {
  expect([1, -3.140625, 2 ** 100].map(bfloat16Bits)).toEqual([0x3f80, 0xc049, 0x7180]);
});
