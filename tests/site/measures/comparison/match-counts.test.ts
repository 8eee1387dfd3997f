import { expect, it } from 'vitest';
import type { ComparedFeatureRow } from '../../../../pipeline/measures/comparison/table.ts';
import { differingScores } from '../../../../site/measures/comparison/heads-section.ts';
import {
  densityChanges,
  familyChanges,
  matchedSide,
  pairsOf,
  unmatched,
} from '../../../../site/measures/comparison/match-counts.ts';
import { matchesCsv } from '../../../../site/measures/comparison/matches-csv.ts';
import { measuredDiffer } from '../../../../site/measures/comparison/measured-differ.ts';
import { headAttention, headRow } from '../../head-row.ts';

const match = (feature: number, other_feature: number, cosine: number, more: Partial<ComparedFeatureRow> = {}) => ({
  ...{ layer: 1, sae: '1', other_sae: '1', nearest_of: 'own', feature, other_feature, cosine, is_mutual: true },
  ...{ family: 'induction', other_family: 'induction', density: 0.01, other_density: 0.01 },
  ...{ max_activation: 2, other_max_activation: 2, other_label: null, other_summary: 'reads `id`' },
  ...more,
});

it('counts each side by itself, a cosine of the threshold among those it names', () => {
  const rows = [
    ...[match(0, 5, 0.95), match(1, 5, 0.9, { is_mutual: false }), match(2, 6, 0.7), match(3, 6, 0.2)],
    ...[match(0, 5, 0.95, { nearest_of: 'other' }), match(2, 6, 0.69, { nearest_of: 'other' })],
  ];
  expect(matchedSide(rows, 'own')).toEqual({ alive: 4, same: 2, similar: 3 });
  expect(matchedSide(rows, 'other')).toEqual({ alive: 2, same: 1, similar: 1 });
  expect(pairsOf(rows).map(({ feature }) => feature)).toEqual([0, 2]);
});

it('lists what is unlike in matched pairs, the most unlike first', () => {
  const pairs = [
    match(0, 5, 0.9, { other_family: 'BOS', other_density: 0.019 }),
    match(1, 6, 0.9, { other_family: 'BOS', other_density: 0.02 }),
    match(2, 7, 0.9, { family: 'BOS', density: 0.1 }),
    match(3, 8, 0.9, { other_family: null }),
  ];
  expect(familyChanges(pairs)).toEqual([
    { from: 'induction', to: 'BOS', pairs: 2 },
    { from: 'BOS', to: 'induction', pairs: 1 },
  ]);
  expect(densityChanges(pairs, { own: 1000, other: 1000 }).map(({ feature }) => feature)).toEqual([2, 1]);
});

it('lists no pair as active more often in one run where that is a token or two', () => {
  const pairs = [match(0, 5, 0.9, { density: 0.001, other_density: 0.01 }), match(1, 6, 0.9, { other_density: 0.02 })];
  expect(densityChanges(pairs, { own: 1000, other: 900 }).map(({ feature }) => feature)).toEqual([1]);
  expect(densityChanges(pairs, { own: 1000, other: 1000 }).map(({ feature }) => feature)).toEqual([0, 1]);
});

it('lists features of one run alone by how often that run has them active', () => {
  const rows = [
    ...[match(0, 5, 0.6, { other_density: 0.9 }), match(1, 5, 0.69, { density: 0.5 }), match(2, 5, 0.7)],
    ...[match(0, 8, 0.1, { nearest_of: 'other' }), match(0, 9, 0.1, { nearest_of: 'other', other_density: 0.4 })],
  ];
  expect(unmatched(rows, 'own').map(({ feature }) => feature)).toEqual([1, 0]);
  expect(unmatched(rows, 'other').map(({ other_feature }) => other_feature)).toEqual([9, 8]);
});

it('tells measurements apart by their intervals where both have one, else by a factor', () => {
  const at = (value: string, range?: [number, number]) => ({ value, ...(range && { range }) });
  expect(measuredDiffer(at('81%', [0.8, 0.82]), at('85%', [0.83, 0.87]))).toBe(true);
  expect(measuredDiffer(at('50%', [0.2, 0.8]), at('90%', [0.8, 0.99]))).toBe(false);
  expect(measuredDiffer(at('10', [9, 11]), at('14'))).toBe(false);
  expect(measuredDiffer(at('10'), at('15'))).toBe(true);
});

it('names the scores of a head that differ: shares by points, other numbers by a factor', () => {
  const attention = { ...headAttention, induction_on_text: 0.05, bos_on_text: 0.4, entropy_on_text: 1 };
  const own = headRow({ attention });
  const theirs = { ...own, own_sae: '0', attention: { ...attention, induction_on_text: 0.14, bos_on_text: 0.6 } };
  const names = (other: typeof theirs) => differingScores({ own, theirs: other }).map(({ score: { key } }) => key);
  expect(names(theirs)).toEqual(['bos_on_text']);
  expect(names({ ...theirs, attention: { ...attention, entropy_on_text: 1.6 } })).toEqual(['entropy_on_text']);
});

it('writes every matched feature as CSV', () => {
  const row = match(3, 8, 0.912345678, { family: null, other_label: 'says "hi"' });
  const [head, line] = matchesCsv([row]).split('\r\n');
  expect(head).toMatch(/^nearest_of,feature,other_feature,cosine,is_mutual,family,/);
  expect(line).toBe('own,3,8,0.912346,true,,induction,0.01,0.01,2,2,"says ""hi""",reads `id`');
});
