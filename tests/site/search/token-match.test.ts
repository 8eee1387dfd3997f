import { expect, test } from 'vitest';
import { tokenMatch } from '../../../site/search/token-match.ts';

const vocabulary = [' id', 'id', 'Idea', '\n', '"', ' "id"', '·'];
const match = tokenMatch(vocabulary);
const found = (text: string) => vocabulary.filter((_, id) => match(text)[id]);

test('a part finds every token that holds it, case aside', () => {
  expect(found('ID')).toEqual([' id', 'id', 'Idea', ' "id"']);
});

test('a token is found as pages print it', () => {
  expect(found('·id')).toEqual([' id']);
  expect(found('↵')).toEqual(['\n']);
  expect(found('·')).toEqual([' id', ' "id"', '·']);
});

test('in quotation marks only the token itself is found, with its space or its printed mark', () => {
  expect(found('"id"')).toEqual(['id']);
  expect(found('" id"')).toEqual([' id']);
  expect(found('"·id"')).toEqual([' id']);
  expect(found('"ID"')).toEqual([]);
});

test('a quotation mark alone is looked for like any other text', () => {
  expect(found('"')).toEqual(['"', ' "id"']);
});
