import { expect, test } from 'vitest';
import type { HeadRow } from '../../pipeline/store/schema.ts';
import { headSentence, polysemanticHeadline } from '../../site/lib/head-sentence.ts';
import { createLinks } from '../../site/lib/links.ts';
import { headRolesSection } from '../../site/lib/render/head-roles.ts';

const row = (part: Partial<HeadRow> = {}): HeadRow => ({
  layer: 1,
  head: 2,
  top_features: Int32Array.of(3),
  top_weights: Float32Array.of(0.9),
  family_mix: new Map([
    ['BOS', 0.2],
    ['induction', 0.8],
  ]),
  scores: new Map([
    ['features judged', 10],
    ['roles', 1.64],
    ['induction attention on repeats', 0.71],
  ]),
  polysemanticity: 'polysemantic',
  ...part,
});

test('a polysemantic head is told with its roles, its families and what it attends to', () => {
  expect(headSentence(row())).toBe(
    'Head 1.2 is polysemantic: its 10 leading features form about 1.6 roles. By family they are 80\u202f% induction, ' +
      '20\u202f% BOS. On random tokens said twice 71\u202f% of its attention is induction attention.',
  );
});

test('a candidate and a head without evidence are told so', () => {
  expect(headSentence(row({ polysemanticity: 'monosemantic candidate' }))).toContain(
    'is a candidate for monosemanticity',
  );
  const bare = row({
    polysemanticity: 'too little evidence',
    family_mix: null,
    scores: new Map([['features judged', 1]]),
  });
  expect(headSentence(bare)).toBe('There is too little evidence to judge head 1.2 by its 1 leading feature.');
});

test('a head that was not judged says nothing', () => {
  expect(headSentence(row({ polysemanticity: null }))).toBe('');
  expect(headRolesSection(row({ scores: null }), createLinks('/'))).toBe('');
});

test('the sentence stands at an anchor, with all its scores behind it', () => {
  const html = headRolesSection(row(), createLinks('/'));
  expect(html).toContain('<section id=roles');
  expect(html).toContain('<dt>roles</dt><dd>1.6</dd>');
});

test('the headline gives the share of judged heads and its interval', () => {
  const heads = [
    row(),
    row(),
    row({ polysemanticity: 'monosemantic candidate' }),
    row({ polysemanticity: 'too little evidence' }),
  ];
  expect(polysemanticHeadline(heads)).toBe(
    '2 of 3 judged heads are polysemantic: 67\u202f% (95\u202f% interval 21\u202f% to 94\u202f%); of 1 more there is too little evidence.',
  );
  expect(polysemanticHeadline([row({ polysemanticity: null })])).toBe('');
});
