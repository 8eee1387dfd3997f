import { expect, test } from 'vitest';
import { examplePrompts } from '../../../../site/explorer/prompt/example-prompts.ts';

const vocabulary = [
  '<|end|>',
  ' the',
  'table',
  ...'stone river light cloud paper green chair'.split(' ').map((w) => ` ${w}`),
];

test('words of the model’s own vocabulary are said twice, but for the last, each with its space', () => {
  const [words] = examplePrompts(vocabulary, []);
  const said = words?.text.split(' ').slice(1) ?? [];
  expect(said).toHaveLength(11);
  expect(new Set(said).size).toBe(6);
  expect(said.slice(6)).toEqual(said.slice(0, 5));
  expect(said.every((word) => vocabulary.includes(` ${word}`))).toBe(true);
});

test('a vocabulary without such words has no such prompt', () => {
  expect(examplePrompts([' a', ' b'], []).map(({ name }) => name)).toEqual(['Two names']);
});

test('a passage is cut at a word, and an empty one left out', () => {
  const long = `  ${'word '.repeat(39)}antidisestablishmentarianism`;
  const prompts = examplePrompts([], [long, ' \n', 'short one ']);
  expect(prompts.slice(1).map(({ text }) => text)).toEqual(['word '.repeat(39).trimEnd(), 'short one']);
});
