import { expect, test } from 'vitest';
import type { HeadCircuitsRow } from '../../../pipeline/measures/circuits/table.ts';
import { headPage } from '../../../site/compose/head-page.ts';
import { circuitsSection } from '../../../site/measures/circuits/head-circuits.ts';
import { circuitScores } from '../circuit-scores.ts';
import { headRow } from '../head-row.ts';
import { exampleRow, featureRow, testEnv } from '../test-env.ts';

const env = testEnv(['<s>', ' one', 'two', ' three']);
const features = Array.from({ length: 12 }, (_, feature) => ({
  row: featureRow({ feature }),
  weight: 0.9 - feature / 100,
  attribution: feature / 10,
  top: [exampleRow(), exampleRow(), exampleRow()],
}));

test('ten features lead with three strips each, the others wait behind a toggle with one', () => {
  const [leading = '', others = ''] = headPage({ layer: 0, sae: '0', head: 1, features }, env).body.text.split(
    '<details',
  );
  expect(leading.match(/<article/g)).toHaveLength(10);
  expect(leading.match(/<p class=s /g)).toHaveLength(30);
  expect(others.match(/<article/g)).toHaveLength(2);
  expect(others.match(/<p class=s /g)).toHaveLength(2);
});

test('every feature has an anchor and a link', () => {
  const body = headPage({ layer: 0, sae: '0', head: 1, features }, env).body.text;
  expect(body).toContain('<article class=card id=f3><h3><a href="/atlas/f/0/3.html">0/3</a>');
});

test('the summary gives the mean head weight of the leading ten', () => {
  expect(headPage({ layer: 0, sae: '0', head: 1, features }, env).body.text).toMatch(
    /<p id=summary>The 10 alive .* have 86% of their decoder norm on it, on average/,
  );
});

test('a head that no alive feature writes through says so', () => {
  const body = headPage({ layer: 0, sae: '0', head: 0, features: [] }, env).body.text;
  expect(body).toContain('No alive feature of layer 0 writes through head 0.0.');
  expect(body).not.toMatch(/NaN|undefined/);
});

const row = headRow({
  family_mix: [
    { family: '<b>', share: 0.2, features: 1, leading: Int32Array.of(4) },
    { family: 'induction', share: 0.8, features: 9, leading: Int32Array.of(3) },
  ],
});

const circuits: HeadCircuitsRow = {
  layer: 1,
  head: 2,
  tokens: 3,
  scores: {
    ...circuitScores,
    copying_by_eigenvalues: -0.95,
    copying_by_tokens: 0.02,
    same_token_preference: 0.9,
    recency_by_position: -0.3,
  },
  by_distance: new Float32Array(),
  same_token_by_distance: new Float32Array(),
  qk_rank: 12.34,
  ov_rank: 3,
  qk_singular: Float32Array.of(2, 1),
  ov_singular: Float32Array.of(1, 1),
  writes: [{ from: 0, to: 2, value: 4.5 }],
  attends: [{ from: 3, to: 1, value: 2 }],
  composition: [
    { kind: 'K', layer: 0, head: 1, score: 0.09 },
    { kind: 'V', layer: 0, head: 0, score: -0.01 },
  ],
};

const whole = () => headPage({ layer: 1, sae: '1', head: 2, features, row, circuits }, env).body.text;

test('each part of the evidence has an address of its own, and stands under its heading', () => {
  const ids = [...whole().matchAll(/<section id=(\w+)>/g)].map(([, id]) => id);
  expect(ids).toEqual(['polysemanticity', 'roles', 'attention', 'attribution', 'circuits']);
});

test('attention says what it was measured on, and – where it was not', () => {
  const table = whole().split('id=attention>')[1]?.split('</table>')[0] ?? '';
  expect(table).toMatch(/<th scope=row>induction<td>.*?71%<td>.*?40%/);
  expect(table).toMatch(/<th scope=row>BOS<td>–<td>.*?30%/);
  expect(whole()).toContain('as spread out as equal attention to 5.0 tokens');
});

test('head weight and attribution stand side by side, for the head with their correlation and for each feature', () => {
  expect(whole()).toContain('all alive features</dt><dd>0.88</dd>');
  expect(whole()).toContain('<b>89%</b> of its decoder norm, <b>10%</b> of its positive attribution');
  expect(whole()).toContain('M90 100h0M89 90h0');
});

test('families lead to the search for this head’s features of that family, and are escaped', () => {
  expect(whole()).toContain('features.html?layer=1&amp;head=2&amp;family=induction">induction</a>');
  expect(whole()).toContain('family=%3Cb%3E">&lt;b&gt;</a>');
});

test('circuits show token pairs, and compositions above chance with links to heads that have pages', () => {
  const html = circuitsSection(circuits, env).text;
  expect(html).toContain('<code>&lt;s&gt;</code> → <code>two</code></span><span>+4.50</span>');
  expect(html).toContain('<code>·three</code> → <code>·one</code>');
  expect(html).toContain('<a href="/atlas/h/0/1.html">0.1</a><span>+0.090</span>');
  expect(html.match(/None above chance/g)).toHaveLength(2);
  expect(html).toContain('12.3 of 2');
  expect(
    circuitsSection({ ...circuits, composition: [{ kind: 'K', layer: 7, head: 1, score: 0.1 }] }, env).text,
  ).toContain('<b>7.1</b>');
  expect(circuitsSection(undefined, env).text).toBe('');
});
