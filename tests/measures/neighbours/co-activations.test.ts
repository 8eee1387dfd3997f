import { expect, it } from 'vitest';
import { sampledActivations } from '../../../pipeline/measures/neighbours/co-activations.ts';
import { contextsInMemory } from '../../../pipeline/record/contexts-in-memory.ts';
import { spreadSample, wholeRun } from '../../../pipeline/record/sample.ts';

const newline = 7;
/** BOS is 0. */
const contexts = contextsInMemory([
  Int32Array.of(0, 1, newline, 2, 3),
  Int32Array.of(0, 4, 5, newline, 6),
  Int32Array.of(0, newline, 1, 2, 3),
]);
/** Tokens at which two features are active, by context · 5 + position. */
const log = {
  features: () =>
    [
      [1, 3, 6, 12],
      [4, 6, 9, 14],
    ].map((tokens) => ({ tokens: Uint32Array.from(tokens), values: Float32Array.from(tokens, () => 2) })),
};

it('numbers the tokens of the sampled contexts in turn, without their first', () => {
  const { starts, tokens, tokenCount } = sampledActivations(log, spreadSample(contexts, 2), {});
  expect([starts, [...tokens], tokenCount]).toEqual([[0, 3, 6], [0, 2, 4, 3, 4, 7], 8]);
});

it('leaves out the tokens that an SAE was not trained on', () => {
  const excludedTokens = new Set([newline]);
  const sampled = sampledActivations(log, wholeRun(contexts), { excludedTokens });
  expect([[...sampled.tokens], sampled.tokenCount]).toEqual([[0, 1, 3, 6, 2, 3, 5, 8], 9]);
});
