import type { NewHeadRow } from '../store/schema.ts';
import type { LayerSummary } from './feature-tables.ts';

const featuresPerHead = 50;

/** Each head of a layer with its features of greatest head weight, dead ones left out, ties to the lower number. */
export function headRows({ layer, counts, headWeights }: LayerSummary, nHeads: number): NewHeadRow[] {
  const alive = [...counts.keys()].filter((feature) => (counts[feature] ?? 0) > 0);
  return Array.from({ length: nHeads }, (_, head) => {
    const weight = (feature: number) => headWeights[feature]?.[head] ?? 0;
    const top = alive.toSorted((a, b) => weight(b) - weight(a) || a - b).slice(0, featuresPerHead);
    return {
      layer,
      head,
      top_features: top,
      top_weights: top.map(weight),
      family_mix: null,
      scores: null,
      polysemanticity: null,
    };
  });
}
