import { expect, test } from 'vitest';
import { parsePythonJson } from '../../pipeline/files/python-json.ts';

test('numbers that JSON does not know are read as Python writes them', () => {
  expect(parsePythonJson('{"a": NaN, "b": [Infinity, -Infinity, 1], "c": {"d": NaN}}')).toEqual({
    a: null,
    b: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1],
    c: { d: null },
  });
});

test('the same words inside a string stay as they are', () => {
  expect(parsePythonJson('{"a": "NaN, \\"Infinity\\" -Infinity", "NaN": NaN}')).toEqual({
    a: 'NaN, "Infinity" -Infinity',
    NaN: null,
  });
});

test('what is no JSON besides is refused', () => {
  for (const text of ['{"a": NaNa}', '{"a": NaN', 'nan', '{a: NaN}'])
    expect(() => parsePythonJson(text)).toThrow(SyntaxError);
});
