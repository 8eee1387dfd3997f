import { expect, test } from 'vitest';
import { hostileTokens } from '../../../bench/synthetic/hostile-tokens.ts';
import { featurePage } from '../../../site/compose/feature-page.ts';
import { strongestOutside } from '../../../site/measures/statistics/example.ts';
import type { RenderedPage } from '../../../site/page-kit/rendered-page.ts';
import { exampleRow, featureRow, testEnv } from '../test-env.ts';

const tokens = ['<s>', ' one', 'two', ' three'];
const textsOf = ({ head, body }: RenderedPage) => ({ head: head.text, body: body.text });
const examples = [exampleRow(), exampleRow({ interval: 1, dfa_source: null, dfa_head: null })];

test('a page says its statistics, constant included', () => {
  const { head, body } = textsOf(featurePage({ row: featureRow(), examples }, testEnv(tokens, [[0, 1, 2, 3]])));
  expect(head).toContain('<title>Feature 0/1 · tiny &lt;model&gt;</title>');
  expect(body).toContain(
    '<p id=summary class=note>Active on 4 tokens (2.00%), at most 2.00. Head 0.1 has the largest share of its decoder norm, 75% (even split: 50.0%).<',
  );
  expect(body).toMatch(/Constant<\/dt><dd>−0\.500</);
});

test('a top example carries its attribution by source from its window on, and by head', () => {
  const { body } = textsOf(featurePage({ row: featureRow(), examples: [exampleRow()] }, testEnv(tokens)));
  expect(body).toContain('data-s="436;1;0.500 2.00;1 -200 999;1 200 999"');
});

test('a source before the window is named with its distance and its token', () => {
  const { body } = textsOf(
    featurePage({ row: featureRow(), examples: [exampleRow()] }, testEnv(tokens, [[0, 1, 2, 3]])),
  );
  expect(body).toContain('<li>−2 <code>&lt;s&gt;</code> +0.40');
});

test('the sources named outside are the strongest, at most three, none of them faint or zero', () => {
  const sources = Float32Array.of(0.5, 0.01, -0.9, 0.2, 0.3, 0.25, 0, 1);
  const outside = strongestOutside(exampleRow({ dfa_source: sources, window_start: 7, position: 7 }));
  expect(outside.map(({ position }) => position)).toEqual([2, 0, 4]);
});

test('each interval opens to its own examples, and one without any says so without opening', () => {
  const { body } = textsOf(featurePage({ row: featureRow(), examples }, testEnv(tokens)));
  expect(body.match(/<details>/g)).toHaveLength(1);
  expect(body).toMatch(/<p class=none>.*75\.0%/);
});

test('links stay under the base path, and end at the first and last feature', () => {
  const first = featurePage({ row: featureRow({ feature: 0 }), examples: [] }, testEnv(tokens)).body.text;
  const last = featurePage({ row: featureRow({ feature: 3 }), examples: [] }, testEnv(tokens)).body.text;
  expect(first).not.toContain('rel=prev');
  expect(first).toContain('<a rel=next href="/atlas/f/0/1.html">');
  expect(last).toContain('<a rel=prev href="/atlas/f/0/2.html">');
  expect(last).not.toContain('rel=next');
});

test('a dead feature gets a short page that says so', () => {
  const dead = featureRow({ count: 0, density: 0, max_activation: 0, intervals: [] });
  const { body } = textsOf(featurePage({ row: dead, examples: [] }, testEnv(tokens)));
  expect(body).toContain('Dead: it was active on no token of the corpus');
  expect(body).not.toContain('Top examples');
  expect(body).not.toMatch(/NaN|Infinity|undefined/);
});

test('hostile tokens end no element and no attribute', () => {
  const ids = Int32Array.from(hostileTokens, (_, i) => i);
  const example = exampleRow({ token_ids: ids, activations: new Float32Array(ids.length).fill(1), position: 3 });
  const logits = hostileTokens.map((token, token_id) => ({ token_id, token, value: 1 }));
  const row = featureRow({ positive_logits: logits, negative_logits: logits });
  const { body } = textsOf(featurePage({ row, examples: [example] }, testEnv(hostileTokens, [[...ids]])));
  const names = new Set([...body.matchAll(/<\/?([a-z0-9!/]+)/gi)].map(([, name]) => name));
  for (const name of ['script', 'style', '/style', '!--']) expect(names).not.toContain(name);
  expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(body).toContain('$&amp;');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is left is what is tested
  expect(body).not.toMatch(/[\u0000-\u001f\u200b\u202e\u2028\ufeff]/);
});

test('a top example opens in the explorer, under the base path, where the site has one', () => {
  const page = { row: featureRow(), examples: [exampleRow({ context: 6, position: 2 })] };
  const link = '<a href="/atlas/explorer.html?context=6&amp;target=0/1@2">explore</a>';
  expect(featurePage(page, { ...testEnv(tokens), hasExplorer: true }).body.text).toContain(link);
  expect(featurePage(page, testEnv(tokens)).body.text).not.toContain('explorer');
});
