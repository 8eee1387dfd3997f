import { expect, it } from 'vitest';
import { attentionSection } from '../../../../site/measures/heads/head-attention.ts';
import { headSentence } from '../../../../site/measures/heads/head-sentence.ts';
import { createLinks } from '../../../../site/page-kit/links.ts';
import { headAttention, headRow } from '../../head-row.ts';

const nowhere = { ...headAttention, induction_on_repeats: null };
const row = (previous: number, chance: number) =>
  headRow({
    attention: { ...nowhere, previous_token_on_repeats: previous },
    attention_by_chance: { ...nowhere, previous_token_on_repeats: chance },
  });

it('shows attention beside what even attention would have', () => {
  expect(attentionSection(row(0.6, 0.26), createLinks('/')).text).toContain('60% <small>26% by chance</small>');
});

it('has a sentence only where attention is beyond chance by half of what is left', () => {
  expect(headSentence(row(0.66, 0.02))).toContain('of its attention goes to the previous token');
  expect(headSentence(row(0.6, 0.3))).not.toContain('of its attention goes to');
});
