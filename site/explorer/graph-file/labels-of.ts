import type { LabelJson } from '../names/label-json.ts';
import type { FeatureLabel, LabelOf } from '../view.ts';
import type { CircuitTracerNode } from './circuit-tracer-file.ts';

/** What a file of attention-atlas knows of its features; of one without labels, by what its nodes are called. */
export function labelsOf(nodes: readonly CircuitTracerNode[]): LabelOf {
  const key = (layer: string | number, feature: number | null) => `${layer}/${feature}`;
  const labels = new Map(
    nodes
      .filter(({ kind }) => kind === 'feature')
      .map(({ layer, feature, label, clerp }) => [key(layer, feature), featureLabel(layer, label ?? { name: clerp })]),
  );
  return (layer, feature) => labels.get(key(layer, feature));
}

function featureLabel(layer: string, label: LabelJson): FeatureLabel {
  const {
    sae = layer,
    family = null,
    promotes = [],
    name: text,
    named_by,
    score_at_chance: isAtChance = false,
  } = label;
  const name = text ? { text, isRule: named_by === 'rule', isAtChance } : undefined;
  return { sae, family, promotes, name: () => name };
}
