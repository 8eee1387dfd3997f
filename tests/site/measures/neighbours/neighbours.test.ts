import { expect, test } from 'vitest';
import type { NeighbourRow } from '../../../../pipeline/measures/neighbours/table.ts';
import { featurePage } from '../../../../site/compose/feature-page.ts';
import { neighboursSection } from '../../../../site/measures/neighbours/neighbours.ts';
import { featureRow, testEnv } from '../../test-env.ts';

const env = {
  ...testEnv([' a']),
  nameOf: () => ({
    text: `reads \`<b>\` after \` id\`; promotes ${'`x` '.repeat(40)}`,
    isRule: true,
    isAtChance: false,
  }),
};
const row = (part: Partial<NeighbourRow>): NeighbourRow => ({
  ...{ layer: 0, sae: '0', feature: 1, kind: 'decoder', rank: 0 },
  ...{ other_layer: 0, other_sae: '0', other_feature: 3, value: 0.8125, twin: false },
  ...part,
});

test('each kind has a list of its own, each neighbour its link, its number and what it does', () => {
  const { text } = neighboursSection(
    [
      row({}),
      row({ other_layer: 2, other_sae: '2', other_feature: 7, rank: 1, value: 0.25 }),
      row({ kind: 'logits', other_layer: 2, other_sae: '2', other_feature: 8 }),
      row({ kind: 'activation', value: 0.5 }),
    ],
    env,
  );
  expect([...text.matchAll(/<h3>([^<]*)/g)].map(([, name]) => name)).toEqual([
    'By cosine of decoders, in this SAE',
    'By cosine of what they write, in other SAEs',
    'By cosine of logit effects',
    'By correlation of activations, in this SAE',
  ]);
  expect(text).toContain('<a href="/atlas/f/0/3.html">0/3</a> <b>0.81</b>');
  expect(text).toContain('<a href="/atlas/f/2/7.html">2/7</a> <b>0.25</b>');
});

test('a twin is marked in every list, others are not', () => {
  const { text } = neighboursSection(
    [row({ twin: true, value: 1 }), row({ kind: 'activation' }), row({ other_feature: 9 })],
    env,
  );
  expect(text.match(/<em>twin<\/em>/g)).toHaveLength(2);
});

test('a run that did not look has no section, and no list of what it did not find', () => {
  expect(featurePage({ row: featureRow(), examples: [] }, env).body.text).not.toContain('Neighbours');
  const neighbours = [row({})];
  const { text } = featurePage({ row: featureRow(), examples: [], neighbours }, env).body;
  expect(text).toContain('<section id=neighbours>');
  expect(text).not.toContain('By logit effect');
});

test('a summary is cut to two lines of its column, its tokens as they are printed', () => {
  const { text } = neighboursSection([row({})], env);
  expect(text).toContain(`<small>reads &lt;b&gt; after ·id; promotes ${'x '.repeat(17)}…</small>`);
});
