import { expect, test } from 'vitest';
import { headPage } from '../../site/lib/render/head-page.ts';
import { exampleRow, featureRow, testEnv } from './test-env.ts';

const env = testEnv(['<s>', ' one', 'two', ' three']);
const features = Array.from({ length: 12 }, (_, feature) => ({
  row: featureRow({ feature }),
  weight: 0.9 - feature / 100,
  top: [exampleRow(), exampleRow(), exampleRow()],
}));

test('ten features lead with three strips each, the others wait behind a toggle with one', () => {
  const [leading = '', others = ''] = headPage({ layer: 0, head: 1, features }, env).body.split('<details');
  expect(leading.match(/<article/g)).toHaveLength(10);
  expect(leading.match(/<p class=s /g)).toHaveLength(30);
  expect(others.match(/<article/g)).toHaveLength(2);
  expect(others.match(/<p class=s /g)).toHaveLength(2);
});

test('every feature has an anchor and a link', () => {
  const { body } = headPage({ layer: 0, head: 1, features }, env);
  expect(body).toContain('<article class=card id=f3><h3><a href="/atlas/f/0/3.html">0/3</a>');
});

test('the summary gives the mean head weight of the leading ten', () => {
  expect(headPage({ layer: 0, head: 1, features }, env).body).toMatch(
    /<p id=summary>The 10 alive .* give it 86\u202f%/,
  );
});

test('a head that no alive feature writes through says so', () => {
  const { body } = headPage({ layer: 0, head: 0, features: [] }, env);
  expect(body).toContain('No alive feature of layer 0 writes through head 0.0.');
  expect(body).not.toMatch(/NaN|undefined/);
});
