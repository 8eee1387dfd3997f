import { expect, test } from 'vitest';
import type { Family } from '../../../../pipeline/measures/families/maths/family-names.ts';
import { type AttentionTo, attentionConflicts } from '../../../../pipeline/measures/heads/maths/attention-check.ts';

const attention =
  (measured: Record<string, number>): AttentionTo =>
  (kind, place) =>
    measured[`${kind} on ${place}`];
const shares = (of: Partial<Record<Family, number>>) => new Map(Object.entries(of) as [Family, number][]);

test('attention to what followed before contradicts features of the current token', () => {
  const found = attentionConflicts(
    shares({ 'current token': 0.9, induction: 0.1 }),
    attention({ 'induction on repeats': 0.79, 'induction on text': 0.43, 'current token on text': 0.4 }),
  );
  expect(found).toEqual([{ kind: 'attended', family: 'induction', place: 'repeats', attention: 0.79, share: 0.1 }]);
});

test('features whose sources the head hardly attends to are contradicted', () => {
  const found = attentionConflicts(
    shares({ induction: 0.9, BOS: 0.1 }),
    attention({ 'induction on repeats': 0.02, 'induction on text': 0.05 }),
  );
  expect(found).toEqual([{ kind: 'read', family: 'induction', place: 'text', attention: 0.05, share: 0.9 }]);
});

test('attention and features that agree contradict nothing, nor does rest on BOS', () => {
  const measured = attention({ 'induction on repeats': 0.8, 'BOS on text': 0.9 });
  expect(attentionConflicts(shares({ induction: 0.7, copying: 0.3 }), measured)).toEqual([]);
});

test('a context may be read at the previous token, and unclear features may be anything', () => {
  const measured = attention({ 'previous token on text': 0.95 });
  expect(attentionConflicts(shares({ 'high-level context': 1 }), measured)).toEqual([]);
  expect(attentionConflicts(shares({ copying: 0.7, unclear: 0.3 }), measured)).toEqual([]);
  expect(attentionConflicts(shares({ copying: 0.8, unclear: 0.2 }), measured)).toHaveLength(1);
});

test('what was not measured contradicts nothing', () => {
  expect(attentionConflicts(shares({ induction: 1 }), attention({}))).toEqual([]);
});

test('measures attention against what a head that attends evenly has', () => {
  const measured = attention({ 'previous token on text': 0.55 });
  const copies = shares({ copying: 1 });
  expect(attentionConflicts(copies, measured)).toHaveLength(1);
  expect(attentionConflicts(copies, measured, attention({ 'previous token on text': 0.04 }))).toHaveLength(1);
  // In contexts of a few tokens even attention has a quarter of itself on the previous token.
  expect(attentionConflicts(copies, measured, attention({ 'previous token on text': 0.26 }))).toEqual([]);
});
