import { expect, test } from 'vitest';
import { excludedTokens } from '../../../../site/measures/quality/excluded-tokens.ts';

const row = (sae: string, tokens: number) => ({ layer: 5, sae, tokens });

test('the autoencoders that were not trained on some tokens are named, with how many those are', () => {
  const { text } = excludedTokens([row('5-a', 10_000), row('5-b', 9_800)], 10_000);
  expect(text).toMatch(/^<h3 id=excluded-tokens>/);
  expect(text).toContain('5-b');
  expect(text).toContain('(200 of 10,000 tokens, 2.0%)');
  expect(text).not.toContain('5-a');
});

test('a run in which every token counts says nothing of it', () => {
  expect(excludedTokens([row('5-a', 10_000)], 10_000).text).toBe('');
});
