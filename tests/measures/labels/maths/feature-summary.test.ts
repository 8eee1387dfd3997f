import { expect, test } from 'vitest';
import { families } from '../../../../pipeline/measures/families/maths/family-names.ts';
import {
  featureSummary,
  type SummaryEvidence,
  summaryText,
} from '../../../../pipeline/measures/labels/maths/feature-summary.ts';

const summaryOf = (part: Partial<SummaryEvidence>) =>
  summaryText(
    featureSummary({
      family: 'induction',
      reads: [
        { token: 'id', share: 0.8 },
        { token: ' the', share: 0.1 },
      ],
      peaks: [' eg', ' eg', ' o'],
      promoted: ['id', 'ida'],
      ...part,
    }),
  );

test('an induction feature reads what followed an earlier occurrence', () => {
  expect(summaryOf({})).toBe('reads `id` after an earlier ` eg`: induction; promotes `id` `ida`');
});

test('a token that is not in half of the peaks, or is not read much, is not named', () => {
  expect(summaryOf({ peaks: ['a', 'b', 'c'] })).toBe(
    'reads `id`, which followed an earlier occurrence of the current token: induction; promotes `id` `ida`',
  );
  expect(summaryOf({ reads: [{ token: 'x', share: 0.2 }] })).toMatch(
    /^reads what followed an earlier ` eg`: induction/,
  );
  expect(summaryOf({ reads: [], peaks: ['a', 'b', 'c'] })).toMatch(/^reads what followed an earlier occurrence of the/);
});

test.each([
  ['duplicate token', 'reads an earlier ` eg`: duplicate token'],
  ['previous token', 'active on ` eg` ` o` after `id`: previous token'],
  ['current token', 'active on ` eg` ` o`: current token'],
  ['BOS', 'active on ` eg` ` o`, reads the beginning of the sequence: BOS'],
  ['skip-gram', 'active on ` eg` ` o`, reads `id`: skip-gram'],
  ['high-level context', 'active on ` eg` ` o` given more than the last 16 tokens: high-level context'],
  ['unclear', 'active on ` eg` ` o`, reads `id`'],
  [null, 'active on ` eg` ` o`, reads `id`'],
] as const)('a feature of the family %s is said to be so', (family, start) => {
  expect(summaryOf({ family })).toBe(`${start}; promotes \`id\` \`ida\``);
});

test('every family with evidence of any kind, or none, has a summary without a gap', () => {
  for (const family of [...families, null]) {
    for (const reads of [[], [{ token: 'x', share: 1 }]]) {
      for (const promoted of [[], ['y']]) {
        const summary = summaryOf({ family, reads, promoted });
        expect(summary).not.toMatch(/undefined|null| {2}| [,;:]|[,;: ]$/);
        expect(summary).toMatch(/^(active|reads)/);
      }
    }
  }
});

test('a feature that was never active is said to be so, with what its decoder promotes', () => {
  expect(summaryOf({ peaks: [] })).toBe('never active in the corpus; its decoder promotes `id` `ida`');
  expect(summaryOf({ peaks: [], promoted: [] })).toBe('never active in the corpus');
});
