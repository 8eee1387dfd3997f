import { expect, it } from 'vitest';
import { distinctTexts } from '../../../../pipeline/measures/families/maths/distinct-texts.ts';

const example = (name: string, ...tokens: number[]) => ({
  name,
  tokens: Int32Array.from(tokens),
  position: tokens.length - 1,
});
const namesOf = (examples: ReturnType<typeof example>[], most?: number) =>
  distinctTexts(examples, (one) => one, most).map(({ name }) => name);

it('keeps the first of the examples that end in the same eight tokens', () => {
  const same = [1, 2, 3, 4, 5, 6, 7, 8];
  const examples = [example('a', 0, ...same), example('b', 9, 9, ...same), example('c', 0, 2, ...same.slice(1))];
  expect(namesOf(examples)).toEqual(['a', 'c']);
});

it('looks no further than the present token, and stops when it has enough', () => {
  const long = { name: 'a', tokens: Int32Array.of(0, 1, 2, 3), position: 2 };
  expect(namesOf([long, example('b', 0, 1, 2)])).toEqual(['a']);
  expect(namesOf([example('a', 1), example('b', 2), example('c', 3)], 2)).toEqual(['a', 'b']);
});

it('tells tokens apart by number, not by digits: 1 23 is not 12 3', () => {
  expect(namesOf([example('a', 1, 23), example('b', 12, 3)])).toEqual(['a', 'b']);
});
