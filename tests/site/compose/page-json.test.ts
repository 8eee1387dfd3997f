import { expect, test } from 'vitest';
import type { NeighbourRow } from '../../../pipeline/measures/neighbours/table.ts';
import type { UpstreamRow } from '../../../pipeline/measures/upstream/table.ts';
import { jsonLine } from '../../../site/compose/json-line.ts';
import { featureJson, headJson } from '../../../site/compose/page-json.ts';
import { exampleRow, featureRow, testEnv } from '../test-env.ts';

const tokens = ['<s>', ' one', 'two', ' three', '</script>'];
const env = {
  ...testEnv(tokens),
  nameOf: (sae: string, feature: number) => ({ text: `${sae}:${feature}`, isRule: true, isAtChance: false }),
  source: (context: number) => (context === 3 ? { file: 'a.txt', document: 7, offset: 11 } : undefined),
};

const read: UpstreamRow = {
  ...{ layer: 1, sae: '1', feature: 1, rank: 0, kind: 'feature', upstream_layer: 0, upstream_sae: '0' },
  ...{ upstream_feature: 9, head: 1, share: 0.123456789, distance: 2, examples: 4, seen: 3, wiring: null },
};
const near: NeighbourRow = {
  ...{ layer: 0, sae: '0', feature: 1, kind: 'decoder', rank: 0, other_layer: 0, other_sae: '0', other_feature: 2 },
  ...{ value: 0.5, twin: false },
};

test('a feature is its rows under the names of their columns, its tokens as text', () => {
  const examples = [exampleRow({ context: 3, token_ids: Int32Array.of(1, 4, 3) }), exampleRow({ interval: 1 })];
  const row = featureRow({ density: 1 / 3, head_weights: Float32Array.of(0.1, 0.9) });
  const json = JSON.parse(featureJson({ row, examples, upstream: [read], neighbours: [near] }, env));
  expect(json).toMatchObject({ model: 'tiny <model>', sae: '0', feature: 1, count: 4, density: 0.3333 });
  expect(json.head_weights).toEqual([0.1, 0.9]);
  expect(json.histogram).toEqual({ edges: [0, 1, 2], counts: [3, 1] });
  expect(json.examples).toHaveLength(1);
  expect(json.examples[0]).toEqual({
    ...{ rank: 0, context: 3, position: 2, activation: 2, window_start: 1, dfa_output_bias: 0 },
    ...{ source: { file: 'a.txt', document: 7, offset: 11 }, tokens: [' one', '</script>', ' three'] },
    ...{ activations: [0.5, 2, 0], dfa_source: [0.4, -0.2, 1], dfa_head: [0.2, 1] },
  });
  expect(json.upstream).toEqual([
    {
      ...{ rank: 0, kind: 'feature', upstream_layer: 0, upstream_sae: '0', upstream_feature: 9, head: 1 },
      ...{ share: 0.1235, distance: 2, examples: 4, seen: 3, wiring: null, name: '0:9 (by rule)' },
    },
  ]);
  expect(json.neighbours[0]).toMatchObject({ other_feature: 2, value: 0.5, name: '0:2 (by rule)' });
});

test('what a run did not look at is empty or null, and never left out', () => {
  const json = JSON.parse(featureJson({ row: featureRow(), examples: [] }, env));
  expect(json).toMatchObject({
    family: null,
    family_check: null,
    labels: [],
    upstream: [],
    wiring: [],
    neighbours: [],
  });
});

test('a head is its rows, and its features with what they are called', () => {
  const features = [{ row: featureRow(), weight: 0.75, attribution: 0.25, top: [] }];
  const json = JSON.parse(headJson({ layer: 0, sae: '0', head: 1, features, nameOf: env.nameOf }, env));
  expect(json).toEqual({
    ...{ model: 'tiny <model>', layer: 0, sae: '0', head: 1, verdicts: [], circuits: null, sequences: [] },
    ...{ induction_study: null, ioi_study: null },
    features: [{ feature: 1, head_weight: 0.75, attribution_share: 0.25, name: '0:1 (by rule)' }],
  });
});

test('a page says where its JSON is, of a site that has it', () => {
  expect(jsonLine('f/0/1', env)).toBe(false);
  expect(String((jsonLine('f/0/1', { ...env, hasJson: true }) || { text: '' }).text)).toBe(
    '<link rel=alternate type=application/json href="/atlas/f/0/1.json">',
  );
});
