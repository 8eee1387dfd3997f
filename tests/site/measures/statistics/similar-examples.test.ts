import { expect, test } from 'vitest';
import { groupSimilar } from '../../../../site/measures/statistics/similar-examples.ts';

const example = (text: string, position: number) => ({
  token_ids: Int32Array.from(text.split(' '), Number),
  position: 100 + position,
  window_start: 100,
});
const groups = (...texts: ReturnType<typeof example>[]) =>
  groupSimilar(texts).map((own) => own.map((member) => texts.indexOf(member)));

test('examples that end in the same eight tokens are one group, whatever came before and comes after', () => {
  const first = example('9 1 2 3 4 5 6 7 8 20 21 22 23 24 25', 8);
  const second = example('30 31 32 1 2 3 4 5 6 7 8 40 41 42 43 44', 10);
  expect(groups(first, second)).toEqual([[0, 1]]);
});

test('seven tokens are too few, unless windows share half of their runs of five', () => {
  const first = example('9 1 2 3 4 5 6 7 20 21 22 23', 7);
  expect(groups(first, example('8 1 2 3 4 5 6 7 30 31 32 33', 7))).toEqual([[0], [1]]);
  expect(groups(first, example('8 1 2 3 4 5 6 7 20 21 22 33', 9))).toEqual([[0, 1]]);
});

test('groups keep the order of their strongest example', () => {
  const [a, b] = [example('1 2 3 4 5 6 7 8 9', 8), example('11 12 13 14 15 16 17 18 19', 8)];
  expect(groups(a, b, example('1 2 3 4 5 6 7 8 9', 8), example('11 12 13 14 15 16 17 18 19', 8))).toEqual([
    [0, 2],
    [1, 3],
  ]);
});

test('short contexts are grouped only where they are the same', () => {
  expect(groups(example('1 2', 1), example('1 2', 1), example('1 3', 1), example('', 0))).toEqual([[0, 1], [2], [3]]);
});

test('a feature’s groups do not depend on the features that were grouped before it', () => {
  const long = (first: number) => example(Array.from({ length: 400 }, (_, i) => first + i).join(' '), 200);
  const many = Array.from({ length: 40 }, (_, i) => long(1000 * i));
  const twice = [long(7), long(70_000), long(8)];
  const before = groups(...twice);
  expect(groups(...many)).toEqual(many.map((_, i) => [i]));
  expect(groups(...twice)).toEqual(before);
  expect(before).toEqual([[0, 2], [1]]);
});
