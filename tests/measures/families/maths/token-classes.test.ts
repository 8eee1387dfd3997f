import { expect, it } from 'vitest';
import { tokenClasses } from '../../../../pipeline/measures/families/maths/token-classes.ts';

const texts = ['The', ' the', 'the', ' ', '  ', '', 'th', ' TH'];

it('tokens that differ in case and in the spaces around them are one class, spaces alone are their own', () => {
  expect([...tokenClasses(texts.length, (id) => texts[id] ?? '')]).toEqual([0, 0, 0, 1, 2, 3, 4, 4]);
});
