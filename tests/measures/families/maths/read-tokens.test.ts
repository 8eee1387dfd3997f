import { expect, it } from 'vitest';
import { readTokens } from '../../../../pipeline/measures/families/maths/read-tokens.ts';

/** 1 and 2 are spellings of one class. */
const classes = [0, 1, 1, 3, 4, 5];
const text = (tokens: number[], bySource: number[]) => ({ tokens, bySource, position: tokens.length - 1 });

it('sums what the spellings of a token carried, and names the one that carried most', () => {
  const examples = [text([0, 1, 3], [0, 2, 1]), text([0, 2, 3], [0, 6, 1])];
  expect(readTokens(examples, classes)).toEqual([
    { tokenId: 2, share: 0.8 },
    { tokenId: 3, share: 0.2 },
  ]);
});

it('leaves BOS out but counts what it carried, and leaves out what lowers the activation', () => {
  expect(readTokens([text([0, 1, 3], [6, 4, -9])], classes)).toEqual([{ tokenId: 1, share: 0.4 }]);
});

it('names three at the most, none below 5 %', () => {
  expect(readTokens([text([0, 1, 3, 4, 5], [0, 4, 3, 2, 1])], classes).map(({ tokenId }) => tokenId)).toEqual([
    1, 3, 4,
  ]);
  expect(readTokens([text([0, 1, 3], [0, 96, 4])], classes).map(({ tokenId }) => tokenId)).toEqual([1]);
  expect(readTokens([text([0, 1], [0, 0])], classes)).toEqual([]);
});
