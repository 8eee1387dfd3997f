import { expect, test } from 'vitest';
import type { HeadCircuitsRow } from '../../../../pipeline/measures/circuits/table.ts';
import { polysemanticitySection, rolesSection } from '../../../../site/measures/heads/head-roles.ts';
import { headSentence } from '../../../../site/measures/heads/head-sentence.ts';
import { circuitScores } from '../../circuit-scores.ts';
import { headAttention, headRow, headScores, verdictRow } from '../../head-row.ts';
import { testEnv } from '../../test-env.ts';

const env = testEnv([]);

test('a polysemantic head is told with its roles, its families and what it attends to', () => {
  expect(headSentence(headRow())).toBe(
    'Head 1.2 is polysemantic: it has 1.64 effective roles, more than 1.5. By the attribution that it carries its ' +
      'features are 80% induction, 20% BOS. On repeated random tokens, 71% of its attention goes to the token after an ' +
      'earlier occurrence of the current token.',
  );
});

test('a verdict that few of the choices tried give is told with how many do', () => {
  const tried = (verdict: string, count: number) => Array.from({ length: count }, () => verdictRow({ verdict }));
  const sentence = (same: number, others: number) =>
    headSentence(headRow(), undefined, [...tried('polysemantic', same), ...tried('monosemantic candidate', others)]);
  expect(sentence(6, 42)).toContain(
    'more than 1.5. Only 6 of 48 choices of features, threshold and confidence give this verdict. By the attribution',
  );
  expect(sentence(24, 24)).not.toContain('choices');
  expect(headSentence(headRow({ polysemanticity: null }), undefined, tried('polysemantic', 2))).toBe('');
});

test('a candidate is told so, with a range of roles where unclear features leave one', () => {
  const scores = { ...headScores, roles_low: 1.1, roles_high: 1.32 };
  expect(headSentence(headRow({ polysemanticity: 'monosemantic candidate', scores }))).toContain(
    'Head 1.2 is a candidate for monosemanticity: it has 1.10 to 1.32 effective roles, at most 1.5.',
  );
});

test('a head without evidence says what is missing', () => {
  const bare = (part: Partial<typeof headScores>) =>
    headSentence(
      headRow({
        ...{ polysemanticity: 'too little evidence', family_mix: null, attention: null },
        scores: { ...headScores, ...part },
      }),
    );
  expect(bare({ features: 0, known_features: 0 })).toMatch(
    /it carries no attribution of a feature with more than an even share of its decoder on it\.$/,
  );
  expect(bare({ features: 1, known_features: 0 })).toMatch(/: 0 of its 1 feature has a known family\.$/);
  expect(bare({ roles_low: 1.1, roles_high: 2.2, known_share: 0.7 })).toBe(
    'There is too little evidence on whether head 1.2 is polysemantic: it has 1.10 to 2.20 effective roles, depending on ' +
      'the features of no clear family, 30% of its attribution.',
  );
});

const conflicting = headRow({
  polysemanticity: 'conflicting evidence',
  scores: { ...headScores, roles_low: 1, roles_high: 1 },
  family_mix: [{ family: 'current token', share: 1, features: 10, leading: Int32Array.of(3) }],
  conflicts: [
    { kind: 'attended', family: 'induction', place: 'repeats', attention: 0.79, share: 0 },
    { kind: 'read', family: 'current token', place: 'text', attention: 0.1, share: 1 },
  ],
});

test('where attribution and attention disagree, sentence and page say so', () => {
  const sentences = [
    'Attribution and attention disagree: on repeated random tokens, 79% of its attention goes to the token after an earlier occurrence of the current token, but none of its attribution is of features that could read that.',
    'Attribution and attention disagree: 100% of its attribution is of current token features, but on text only 10% of its attention goes to the current token.',
  ];
  for (const sentence of sentences) {
    expect(headSentence(conflicting)).toContain(sentence);
    expect(polysemanticitySection(conflicting, [], env).text).toContain(sentence);
    expect(polysemanticitySection(conflicting, [], env).text).not.toContain('does not contradict');
  }
});

test('the verdict’s section states the rule, the threshold, the choices and what the paper’s rule says', () => {
  const verdicts = ['polysemantic', 'polysemantic', 'monosemantic candidate'].map((verdict) => verdictRow({ verdict }));
  const html = polysemanticitySection(headRow(), verdicts, env).text;
  expect(html).toContain('more than an even share (50.0%) of their decoder norm on it');
  expect(html).toContain('has at most 1.5 effective roles, a polysemantic head more');
  expect(html).toContain('<dt>Attention</dt><dd>does not contradict it</dd>');
  expect(html).toContain(
    '<dt>Verdict by 3 choices of features, threshold and confidence</dt><dd>2 polysemantic, 1 monosemantic candidate</dd>',
  );
  expect(html).toContain(
    'the 10 features of greatest head weight: monosemantic candidate, 1.2 roles (9 current token, 1 unclear)',
  );
  expect(html).toContain('<dt>Of a known family</dt><dd>110, 90% of the attribution</dd>');
});

test('each role is named with the features that form it, those that the head carries most of first', () => {
  const html = rolesSection(headRow(), env.links).text;
  expect(html).toContain(
    'induction</a><span>80%</span></li><li class=formed><a href="/atlas/f/1/3.html">3</a> <a href="/atlas/f/1/5.html">5</a> and 116 more</li>',
  );
  expect(html).toContain('<a href="/atlas/f/1/8.html">8</a></li>');
});

test('a head without a verdict says nothing', () => {
  expect(headSentence(headRow({ polysemanticity: null }))).toBe('');
  expect(polysemanticitySection(headRow({ scores: null }), [], env).text).toBe('');
  expect(rolesSection(headRow({ family_mix: null }), env.links).text).toBe('');
});

test('attention under a half on any kind of source is not told', () => {
  const row = headRow({ attention: { ...headAttention, induction_on_repeats: 0.49 } });
  expect(headSentence(row)).not.toContain('attention');
});

test('circuits are told where they are strong', () => {
  const circuits: HeadCircuitsRow = {
    layer: 1,
    head: 2,
    tokens: 10,
    scores: { ...circuitScores, copying_by_tokens: 0.97 },
    by_distance: new Float32Array(),
    same_token_by_distance: new Float32Array(),
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
  const row = headRow();
  expect(headSentence(row, circuits)).toMatch(
    /Its OV circuit copies: 97% of tokens are among the ten tokens whose logits they raise most\. Its keys read head 0\.0 \(K-composition \+0\.088\)\.$/,
  );
  const opposing = { ...circuits, scores: { ...circuitScores, copying_by_eigenvalues: -0.97 }, composition: [] };
  expect(headSentence(row, opposing)).toMatch(/Its OV circuit lowers the logits of the tokens that it reads\.$/);
  expect(headSentence(row, { ...opposing, scores: circuitScores })).toBe(headSentence(row));
});
