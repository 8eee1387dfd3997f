import { expect, test } from 'vitest';
import type { HeadCircuitsRow, HeadRow } from '../../pipeline/store/schema.ts';
import { headSentence } from '../../site/lib/head-sentence.ts';
import { createLinks } from '../../site/lib/links.ts';
import { polysemanticitySection, rolesSection } from '../../site/lib/render/head-roles.ts';

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
    'Head 1.2 is polysemantic: its 10 leading features form about 1.6 roles. By family they are 80% induction, ' +
      '20% BOS. On random tokens said twice 71% of its attention is induction attention.',
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
  expect(polysemanticitySection(row({ scores: null }), createLinks('/'))).toBe('');
  expect(rolesSection(row({ family_mix: null }), createLinks('/'))).toBe('');
});

test('circuits are told where they are strong', () => {
  const circuits: HeadCircuitsRow = {
    layer: 1,
    head: 2,
    tokens: 10,
    scores: new Map([['copying, by tokens', 0.97]]),
    qk_rank: 1,
    ov_rank: 1,
    qk_singular: new Float32Array(),
    ov_singular: new Float32Array(),
    writes: [],
    attends: [],
    composition: [
      { kind: 'V', layer: 0, head: 3, score: 0.01 },
      { kind: 'K', layer: 0, head: 0, score: 0.088 },
    ],
  };
  expect(headSentence(row(), circuits)).toMatch(
    /By its weights it copies: 97% of tokens are among the ten that they raise most\. Its keys read head 0\.0 \(K-composition \+0\.088\)\.$/,
  );
  const opposing = { ...circuits, scores: new Map([['copying, by eigenvalues', -0.97]]), composition: [] };
  expect(headSentence(row(), opposing)).toMatch(/By its weights it lowers the logit of what it reads\.$/);
  expect(headSentence(row(), { ...opposing, scores: new Map() })).toBe(headSentence(row()));
});
