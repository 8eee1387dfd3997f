import { expect, test } from 'vitest';
import { choicesSection } from '../../../../site/measures/heads/head-choices.ts';
import { polysemanticHeadline, polysemanticityOf } from '../../../../site/measures/heads/polysemanticity.ts';
import { headRow, verdictRow } from '../../head-row.ts';

const heads = [
  'polysemantic',
  'polysemantic',
  'monosemantic candidate',
  'conflicting evidence',
  'too little evidence',
].map((polysemanticity, head) => headRow({ head, polysemanticity }));
const choices = [
  { features: null, threshold: 1.5, verdicts: ['polysemantic', 'polysemantic', 'monosemantic candidate'] },
  { features: 10, threshold: 1.5, verdicts: ['polysemantic', 'monosemantic candidate', 'monosemantic candidate'] },
  {
    features: null,
    threshold: 3,
    verdicts: ['monosemantic candidate', 'monosemantic candidate', 'monosemantic candidate'],
  },
];
const verdicts = choices.flatMap(({ features, threshold, verdicts }) =>
  verdicts.map((verdict, head) => verdictRow({ head, features, threshold, verdict })),
);

test('heads are counted by verdict, candidates and those of conflicting evidence named', () => {
  const found = polysemanticityOf(heads, []);
  expect(found).toMatchObject({ heads: 5, polysemantic: 2, unknown: 1, tried: undefined });
  expect(found?.candidates.map(({ head }) => head)).toEqual([2]);
  expect(found?.conflicting.map(({ head }) => head)).toEqual([3]);
});

test('the range is over the choices, each counted over all heads', () => {
  expect(polysemanticityOf(heads, verdicts)?.tried).toEqual({
    choices: 3,
    byFeatures: { low: 1, high: 2 },
    byThreshold: { low: 0, high: 2 },
    byConfidence: { low: 2, high: 2 },
    polysemantic: { low: 0, high: 2 },
    candidates: { low: 1, high: 3 },
  });
});

test('the headline says it in sentences, without an interval of a census, and nothing where no head has a verdict', () => {
  expect(polysemanticHeadline(heads, verdicts)).toBe(
    '2 of 5 heads have more than 1.5 effective roles. The number is 1 to 2 depending on how many features are taken, 0 to 2 ' +
      'on the threshold and 2 on the confidence required of a feature’s family. Over all 3 combinations, 0 to 2 heads are ' +
      'polysemantic and 1 to 3 are candidates for monosemanticity. 1 is a candidate; attribution and attention disagree on ' +
      '1 head; there is too little evidence on 1 head.',
  );
  expect(polysemanticHeadline(heads, [])).not.toMatch(/combinations|interval/);
  const without = [headRow({ polysemanticity: null }), headRow({ polysemanticity: 'too little evidence' })];
  expect(polysemanticHeadline(without, [])).toBe('');
});

test('the table has a cell for each choice, with its own counts, and marks the one that the verdicts go by', () => {
  const html = choicesSection(verdicts).text;
  expect(html).toContain('<th scope=col>over 1.5<th scope=col>over 3');
  expect(html).toContain('<tr><th scope=row>any<td>10<td>1 / 2<td>');
  expect(html).toContain('<tr><th scope=row>any<td>all<td><b>2 / 1</b><td>0 / 3');
  expect(html.match(/<b>/g)).toHaveLength(1);
  expect(choicesSection([]).text).toBe('');
});
