import type { Edit, ExplorerInfo, Target } from '../protocol.ts';
import type { ExplorerState } from '../state.ts';
import type { DecodedState } from './decode-state.ts';

/** A state without what this model does not have, and a sentence on each thing left out. */
export function fitModel(state: ExplorerState, info: ExplorerInfo): DecodedState {
  const notices: string[] = [];
  const keep = (fits: boolean, name: string): boolean => {
    if (!fits) notices.push(`${info.modelName} has no ${name}: left out.`);
    return fits;
  };
  const hasLayer = (layer: number) => layer < info.nLayers;
  const hasHead = (layer: number, head: number) => hasLayer(layer) && head < info.nHeads;
  const hasFeature = (layer: number, feature: number) =>
    info.saes.some((sae) => sae.layer === layer && feature < sae.dSae);
  const keepEdit = (edit: Edit) =>
    edit.kind === 'feature'
      ? keep(hasFeature(edit.layer, edit.feature), `feature ${edit.layer}/${edit.feature}`)
      : keep(hasHead(edit.layer, edit.head), `head ${edit.layer}.${edit.head}`);
  const { layer, head, target } = state;
  const { trail, edge } = target;
  const lost = trail.find((step) => !hasFeature(step.layer, step.feature));
  const trailFits = !lost || keep(false, `feature ${lost.layer}/${lost.feature}`);
  return {
    state: {
      ...state,
      layer: layer !== null && keep(hasLayer(layer), `layer ${layer}`) ? layer : null,
      head: head !== null && keep(head < info.nHeads, `head ${head} in a layer`) ? head : null,
      edits: state.edits.filter(keepEdit),
      target: {
        ...target,
        trail: trailFits ? trail : [],
        source: trailFits ? target.source : null,
        edge: edge && keep(hasHead(edge.layer, edge.head), `head ${edge.layer}.${edge.head}`) ? edge : null,
      },
    },
    notices,
  };
}

/** A state without what lies past a prompt of so many tokens; the same object where all of it fits. */
export function fitPrompt(state: ExplorerState, length: number): ExplorerState {
  const isInside = (position: number | null) => position === null || position < length;
  const { trail, source, edge } = state.target;
  const trailFits = trail.every(({ position }: Target) => isInside(position));
  const edgeFits = edge === null || isInside(edge.destination);
  const edits = state.edits.filter(({ position }) => isInside(position));
  const fits = isInside(state.position) && trailFits && isInside(source) && edgeFits;
  if (fits && edits.length === state.edits.length) return state;
  return {
    ...state,
    position: isInside(state.position) ? state.position : null,
    edits,
    target: {
      ...state.target,
      trail: trailFits ? trail : [],
      source: trailFits && isInside(source) ? source : null,
      edge: edgeFits ? edge : null,
    },
  };
}
