import { correlation } from '../core/correlation.ts';
import type { FeatureRole } from '../core/head-roles.ts';
import { judgeHead, leadingFeatures } from '../core/polysemanticity.ts';
import type { NewHeadRow } from '../store/schema.ts';
import type { HeadAttention } from './head-attention.ts';

/** What the tables of heads and SAEs need to know of a layer's features. */
export interface LayerSummary {
  readonly layer: number;
  /** Active tokens, by feature. */
  readonly counts: Float64Array;
  /** Head weights [feature, head]. */
  readonly headWeights: readonly Float32Array[];
  /** Share of the positive attribution of a feature's top examples that each head carries: [feature, head]. */
  readonly headShares: readonly Float32Array[];
  /** The roles of the features that lead on some head, without their weight there. */
  readonly roles: ReadonlyMap<number, Omit<FeatureRole, 'weight'>>;
}

const featuresPerHead = 50;

/** Each head of a layer with its features of greatest head weight, its roles and its attention scores. */
export function headRows(summary: LayerSummary, nHeads: number, attention: HeadAttention): NewHeadRow[] {
  const { layer, counts, headWeights } = summary;
  const alive = [...counts.keys()].filter((feature) => (counts[feature] ?? 0) > 0);
  return Array.from({ length: nHeads }, (_, head) => {
    const top = strongest(alive, headWeights, head, featuresPerHead);
    const weight = (feature: number) => headWeights[feature]?.[head] ?? 0;
    const leading = top.slice(0, leadingFeatures.more).flatMap((feature) => {
      const role = summary.roles.get(feature);
      return role ? [{ ...role, weight: weight(feature) }] : [];
    });
    const { verdict, scores, familyMix } = judgeHead(leading, nHeads);
    return {
      layer,
      head,
      top_features: top,
      top_weights: top.map(weight),
      family_mix: familyMix.size > 0 ? familyMix : null,
      scores: new Map([...attention(layer, head), ...scores, ...attributionScores(summary, alive, top, head)]),
      polysemanticity: verdict,
    };
  });
}

/** A layer's features that are among the `more` of greatest weight on some head. */
export function leadersOf(alive: readonly number[], headWeights: readonly Float32Array[], nHeads: number): Set<number> {
  const heads = Array.from({ length: nHeads }, (_, head) => head);
  return new Set(heads.flatMap((head) => strongest(alive, headWeights, head, leadingFeatures.more)));
}

/** The features of greatest weight on a head, ties to the lower number. */
function strongest(
  features: readonly number[],
  headWeights: readonly Float32Array[],
  head: number,
  count: number,
): number[] {
  const weight = (feature: number) => headWeights[feature]?.[head] ?? 0;
  return features.toSorted((a, b) => weight(b) - weight(a) || a - b).slice(0, count);
}

/** Head weight beside attribution by head: means over the ten leading features, correlation over all alive ones. */
function attributionScores(
  { headWeights, headShares }: LayerSummary,
  alive: readonly number[],
  top: readonly number[],
  head: number,
): [string, number][] {
  const of = (table: readonly Float32Array[], features: readonly number[]) =>
    features.map((feature) => table[feature]?.[head] ?? 0);
  const leading = top.slice(0, leadingFeatures.judged);
  return [
    ['mean head weight', mean(of(headWeights, leading))],
    ['mean attribution share', mean(of(headShares, leading))],
    ['weight and attribution correlation', correlation(of(headWeights, alive), of(headShares, alive))],
  ];
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
