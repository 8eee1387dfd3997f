import { expect, it } from 'vitest';
import { qualityNote } from '../../../../site/measures/quality/quality-note.ts';
import { count } from '../../../../site/page-kit/format.ts';

it('says of a sample how many tokens it has and what it was taken from', () => {
  const note = qualityNote({ tokens: 1_049_909, contexts: 8267, quality_tokens: 16_383, quality_contexts: 129 });
  expect(note).toContain(`counted over all ${count(1_049_909)} tokens`);
  expect(note).toContain(
    `measured on ${count(16_383)} tokens, those of 129 contexts spread evenly over the run’s ${count(8267)}`,
  );
  expect(note).not.toContain('first');
});

it('says so where the whole run was read', () => {
  const note = qualityNote({ tokens: 230, contexts: 10, quality_tokens: 230, quality_contexts: 10 });
  expect(note).toContain('measured on all 230 tokens');
});
