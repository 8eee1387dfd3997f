import { firstOfLayer } from './first-of-layer.ts';
import type { ExplorerSaeInfo } from './protocol.ts';
import { noMarks } from './url/empty-view.ts';
import type { ExplorerView, FeatureLabel, GraphMarks, Unit } from './view.ts';

/** The SAE that each layer uses, where some are picked by id, by layer. */
export function usedSaes(all: readonly ExplorerSaeInfo[], picked: readonly string[]): ExplorerSaeInfo[] {
  const own = all.filter(({ id }) => picked.includes(id));
  return firstOfLayer([...own, ...all]).toSorted((a, b) => a.layer - b.layer);
}

/** Picked SAEs, one of a layer at most, without those that are used anyway; and ids that are none, or a layer's second. */
export function fitSaes(picked: readonly string[], all: readonly ExplorerSaeInfo[]) {
  const ids = [...new Set(picked)];
  const found = ids.flatMap((id) => all.filter((sae) => sae.id === id));
  const own = firstOfLayer(found);
  const isFirst = new Set(firstOfLayer(all).map(({ id }) => id));
  return {
    saes: own.map(({ id }) => id).filter((id) => !isFirst.has(id)),
    unknown: ids.filter((id) => !all.some((sae) => sae.id === id)),
    second: found.filter((sae) => !own.includes(sae)).map(({ id }) => id),
  };
}

/**
 * What of a view changes where a layer uses another SAE. Its features are others then: edits and marks of the former
 * ones go, and the path upstream ends before the first of them.
 */
export function pickSae(view: ExplorerView, all: readonly ExplorerSaeInfo[], { id, layer }: ExplorerSaeInfo) {
  const ofLayer = all.filter((sae) => sae.layer === layer);
  const others = view.saes.filter((other) => !ofLayer.some((sae) => sae.id === other));
  const { trail, marks, source, graph } = view.target;
  const end = trail.findIndex((step) => step.layer === layer);
  const kept = end < 0 ? trail : trail.slice(0, end);
  const isRootLost = kept.length === 0 && graph?.root === 'feature';
  return {
    saes: id === ofLayer[0]?.id ? others : [...others, id],
    edits: view.edits.filter((edit) => edit.kind === 'head' || edit.layer !== layer),
    target: {
      ...view.target,
      trail: kept,
      source: kept.length === trail.length ? source : null,
      marks: isRootLost ? noMarks : marksWithout(marks, layer),
      graph: isRootLost ? null : graph,
    },
  } satisfies Partial<ExplorerView>;
}

function marksWithout({ pins, groups, pinnedOnly }: GraphMarks, layer: number): GraphMarks {
  const isKept = (id: string) => !id.startsWith(`feature.${layer}.`);
  const left = groups.map(({ name, ids }) => ({ name, ids: ids.filter(isKept) }));
  return { pins: pins.filter(isKept), groups: left.filter(({ ids }) => ids.length > 0), pinnedOnly };
}

/** A feature as pages name it, by its SAE's id. */
export const unitText = (label: Pick<FeatureLabel, 'sae'> | undefined, { layer, feature }: Unit): string =>
  `${label?.sae ?? layer}/${feature}`;
