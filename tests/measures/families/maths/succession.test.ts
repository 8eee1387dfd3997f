import { describe, expect, it } from 'vitest';
import { successionTable, successorsOf } from '../../../../pipeline/measures/families/maths/succession.ts';
import { tokenClasses } from '../../../../pipeline/measures/families/maths/token-classes.ts';

describe('what follows', () => {
  it.each([
    ['1', ['2']],
    [' 9', ['10']],
    ['09', ['10']],
    ['007', ['008']],
    ['2nd', ['3rd']],
    ['10th', ['11th']],
    ['20th', ['21st']],
    ['111th', ['112th']],
    [' Monday', ['tuesday']],
    ['SUN', ['mon']],
    ['December', ['january']],
    ['second', ['third']],
    ['nine', ['ten']],
    ['a', ['b']],
    ['i', ['j', 'ii']],
    ['IX', ['x']],
  ])('%j is known', (word, next) => expect(successorsOf(word)).toEqual(next));

  it.each(['z', 'twelfth', 'apple', '', ' ', '1.5', '-1', '12345678', '１'])('%j is not', (word) =>
    expect(successorsOf(word)).toEqual([]),
  );
});

it('a vocabulary’s succession joins the classes of whole tokens, both ways', () => {
  const tokens = ['Mon', ' monday', 'Monday', ' Tuesday', 'day', '3', ' 4'];
  const classes = tokenClasses(tokens.length, (id) => tokens[id] ?? '');
  const { next, previous } = successionTable(classes, (id) => tokens[id] ?? '');
  const classOf = (id: number) => classes[id] ?? -1;
  expect(classOf(1)).toBe(classOf(2));
  expect([...next]).toEqual([
    [classOf(1), [classOf(3)]],
    [classOf(5), [classOf(6)]],
  ]);
  expect(previous.get(classOf(3))).toEqual([classOf(1)]);
});
