import { expect, test } from 'vitest';
import { assignRoles, type HeadEvidence } from '../../../../../pipeline/measures/studies/ioi/maths/roles.ts';
import {
  bySource,
  type Source,
  sourceOf,
  sources,
} from '../../../../../pipeline/measures/studies/ioi/maths/sources.ts';

const sure = (mean: number) => ({ mean, low: mean - 0.01, high: mean + 0.01 });
const unsure = (mean: number) => ({ mean, low: mean - 9, high: mean + 9 });
const on = (attention: Partial<Record<Source, number>>) => sources.map((source) => attention[source] ?? 0);

const head = (number: number, evidence: Partial<HeadEvidence>): HeadEvidence => ({
  ...{ layer: 3, head: number, direct: sure(0), endEffect: sure(0), s2Effect: sure(0), indirect: sure(0) },
  ...{ fromEnd: on({ BOS: 1 }), fromS2: on({ BOS: 1 }), toNext: 0 },
  ...evidence,
});

const rolesOf = (...heads: HeadEvidence[]) => assignRoles(heads, 4).map(({ head, role }) => [head.head, role]);

test('heads that write for the receiver are told apart by whom they look at', () => {
  const mover = head(0, { direct: sure(1), fromEnd: on({ IO: 0.6, S1: 0.1 }) });
  const suppressor = head(1, { direct: sure(2), fromEnd: on({ IO: 0.1, S2: 0.7 }) });
  const negative = head(2, { direct: sure(-1), fromEnd: on({ IO: 0.6 }) });
  expect(rolesOf(mover, suppressor, negative)).toEqual([
    [1, 'suppressor'],
    [0, 'name mover'],
    [2, 'negative mover'],
  ]);
});

test('a head whose loss acts through later ones is of S-inhibition; one that looks at both names alike is of both', () => {
  const inhibition = head(0, { indirect: sure(-0.5) });
  const both = head(1, { fromEnd: on({ IO: 0.3, S1: 0.3 }), direct: unsure(0.1) });
  expect(rolesOf(inhibition, both)).toEqual([
    [0, 'S-inhibition'],
    [1, 'both names'],
  ]);
});

test('a head at S2 is named by what it looks at there, and may have a role at the end as well', () => {
  const duplicate = head(0, { s2Effect: sure(-3), fromS2: on({ S1: 0.5 }), toNext: 0.1, direct: sure(1) });
  const induction = head(1, { s2Effect: sure(-2), fromS2: on({ S1: 0.1 }), toNext: 0.5 });
  const elsewhere = head(2, { s2Effect: sure(-1), fromS2: on({ S2: 0.9 }) });
  expect(rolesOf(duplicate, induction, elsewhere)).toEqual([
    [0, 'name mover'],
    [0, 'duplicate token'],
    [1, 'induction'],
    [2, 'at S2'],
  ]);
});

test('what is not sure, or under 2 % of the logit difference, is no role; three heads of a kind at most', () => {
  expect(rolesOf(head(0, { direct: unsure(3) }), head(1, { direct: sure(0.07) }))).toEqual([]);
  const many = [5, 1, 4, 2, 3].map((strength, i) => head(i, { s2Effect: sure(-strength) }));
  expect(rolesOf(...many).map(([number]) => number)).toEqual([0, 2, 4]);
});

test('each position is one source: in BABA the token after S1 is the word between the names', () => {
  const baba = { s1: 2, conjunction: 3, afterS1: 3, io: 4, s2: 6, end: 8 };
  const abba = { io: 2, conjunction: 3, s1: 4, afterS1: 5, s2: 6, end: 8 };
  const all = (places: typeof baba) => [0, 1, 2, 3, 4, 5, 6, 7].map((position) => sourceOf(position, places));
  expect(all(baba)).toEqual(['BOS', 'other', 'S1', 'and', 'IO', 'other', 'S2', 'other']);
  expect(all(abba)).toEqual(['BOS', 'other', 'IO', 'and', 'S1', 'after S1', 'S2', 'other']);
  const sums = bySource([1, 2, 4, 8, 16, 32, 64, 128, 256, 512], abba);
  expect([...sums]).toEqual([1, 4, 16, 8, 32, 64, 2 + 128 + 256]);
});
