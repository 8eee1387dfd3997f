import { describe, expect, it } from 'vitest';
import {
  type ExplainedExample,
  type FeaturePart,
  LayerSums,
  type Part,
} from '../../../pipeline/measures/upstream/layer-sums.ts';

const embedding = { kind: 'embedding', layer: null, feature: null } as const;
const mlp = { kind: 'mlp', layer: 0, feature: null } as const;

const part = (attribution: number, head = 0): Part => ({
  attribution,
  size: Math.abs(attribution),
  sizeTimesDistance: 2 * Math.abs(attribution),
  head,
});
const upstream = (feature: number, attribution: number, head = 0): FeaturePart => ({
  layer: 0,
  feature,
  wiring: 0.5,
  ...part(attribution, head),
});

function example(embeds: number, mlps: number, features: FeaturePart[], constant = 0, unlisted = 0): ExplainedExample {
  const allFeatures = features.reduce((sum, { attribution }) => sum + attribution, unlisted);
  return { parts: [part(embeds), part(mlps, 1)], features, allFeatures, constant, outputBias: 0 };
}

function rowsOf(...examples: ExplainedExample[]) {
  const sums = new LayerSums(
    { id: '1', layer: 1, site: 'z' },
    { dSae: 4, components: [embedding, mlp], examples: examples.length, lower: new Map([[0, '0']]) },
  );
  for (const each of examples) sums.add(2, each);
  return sums.rows(2);
}

describe('LayerSums', () => {
  it('gives shares of the pre-activation that sum to 1, strongest first', () => {
    const rows = rowsOf(example(1, 2, [upstream(5, 6)], -1));
    expect(rows.map(({ kind, share }) => [kind, share])).toEqual([
      ['feature', 0.75],
      ['mlp', 0.25],
      ['embedding', 0.125],
      ['constant', -0.125],
      ['other_features', 0],
    ]);
    expect(rows.map(({ rank }) => rank)).toEqual([0, 1, 2, 3, 4]);
    expect(rows[0]).toMatchObject({
      layer: 1,
      feature: 2,
      upstream_layer: 0,
      upstream_feature: 5,
      distance: 2,
      wiring: 0.5,
    });
  });

  it('averages over examples, where a feature that was not seen counts nothing', () => {
    const rows = rowsOf(example(1, 0, [upstream(5, 3, 1)]), example(2, 0, [upstream(8, 2)]));
    const five = rows.find(({ upstream_feature }) => upstream_feature === 5);
    expect(five).toMatchObject({ share: 0.375, seen: 1, examples: 2, head: 1 });
    expect(rows.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
  });

  it('weighs every example alike, however strong', () => {
    const rows = rowsOf(example(100, 0, []), example(0, 1, []));
    expect(rows.find(({ kind }) => kind === 'embedding')?.share).toBeCloseTo(0.5, 6);
  });

  it('puts features past the ten listed, and those not kept, under other features', () => {
    const features = Array.from({ length: 12 }, (_, i) => upstream(i, 12 - i));
    const rows = rowsOf(example(0, 0, features, 0, 2));
    expect(rows.filter(({ kind }) => kind === 'feature')).toHaveLength(10);
    expect(rows.find(({ kind }) => kind === 'other_features')?.share).toBeCloseTo(5 / 80, 6);
  });

  it('names the head of the largest share', () => {
    const [first] = rowsOf(example(1, 0, [upstream(5, 1, 0)]), example(1, 0, [upstream(5, 9, 3)]));
    expect(first).toMatchObject({ upstream_feature: 5, head: 3, seen: 2 });
  });

  it('has no rows of a feature none of whose examples was explained', () => {
    expect(
      new LayerSums(
        { id: '0', layer: 0, site: 'z' },
        { dSae: 4, components: [embedding], examples: 3, lower: new Map() },
      ).rows(1),
    ).toEqual([]);
  });
});
