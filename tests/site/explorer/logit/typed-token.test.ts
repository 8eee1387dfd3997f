import { expect, test } from 'vitest';
import { typedToken } from '../../../../site/explorer/logit/typed-token.ts';

const vocabulary = ['<bos>', ' John', 'J', 'ohn', '\n', '·', ' ', 'x'];
/** Takes the longest token at each place, and begins with the beginning-of-sequence token; others are two. */
const session = {
  tokenize(text: string) {
    const ids = [0];
    for (let rest = text; rest !== ''; ) {
      const fits = vocabulary.filter((token) => rest.startsWith(token));
      const longest = fits.reduce((best, token) => (token.length > best.length ? token : best), '');
      ids.push(...(longest === '' ? [7, 7] : [vocabulary.indexOf(longest)]));
      rest = rest.slice(longest.length || 1);
    }
    return Promise.resolve({ ids, texts: ids.map((id) => vocabulary[id]), cut: 0 });
  },
};
const typed = (text: string) => typedToken(session, text, 0);

test('a token is taken as it is, and as pages print it', async () => {
  expect(await typed(' John')).toBe(1);
  expect(await typed('·John')).toBe(1);
  expect(await typed('↵')).toBe(4);
});

test('a token that is such a sign itself comes before what the sign stands for', async () => {
  expect(await typed('·')).toBe(5);
});

test('text of several tokens is told apart, with the token that a space before it would be', async () => {
  expect(await typed('John')).toEqual({ fault: '“John” is 2 tokens, J ohn: one is needed. “·John” is one.' });
  expect(await typed('xJ')).toEqual({ fault: '“xJ” is 2 tokens, x J: one is needed.' });
});
