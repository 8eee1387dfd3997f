import type { Edit, ExplorerInfo, Target } from '../protocol.ts';
import { fitSaes, usedSaes } from '../saes.ts';
import type { ExplorerView } from '../view.ts';
import type { DecodedView } from './decode-view.ts';

/** A view without what this model does not have, and a sentence on each thing left out. */
export function fitModel(view: ExplorerView, info: ExplorerInfo): DecodedView {
  const notices: string[] = [];
  const keep = (fits: boolean, name: string): boolean => {
    if (!fits) notices.push(`${info.modelName} has no ${name}: left out.`);
    return fits;
  };
  const hasLayer = (layer: number) => layer < info.nLayers;
  const hasHead = (layer: number, head: number) => hasLayer(layer) && head < info.nHeads;
  const { saes, unknown, second } = fitSaes(view.saes, info.saes);
  for (const id of unknown) keep(false, `SAE ${id}`);
  for (const id of second) notices.push(`SAE ${id} is a second one of its layer, which uses one at a time: left out.`);
  const used = usedSaes(info.saes, saes);
  const hasFeature = (layer: number, feature: number) => used.some((sae) => sae.layer === layer && feature < sae.dSae);
  const keepEdit = (edit: Edit) =>
    edit.kind === 'feature'
      ? keep(hasFeature(edit.layer, edit.feature), `feature ${edit.layer}/${edit.feature}`)
      : keep(hasHead(edit.layer, edit.head), `head ${edit.layer}.${edit.head}`);
  const { layer, head, target } = view;
  const { trail, edge, logit } = target;
  const hasToken = (id: number | null) => id === null || id < info.vocabSize;
  const lost = trail.find((step) => !hasFeature(step.layer, step.feature));
  const trailFits = !lost || keep(false, `feature ${lost.layer}/${lost.feature}`);
  return {
    view: {
      ...view,
      layer: layer !== null && keep(hasLayer(layer), `layer ${layer}`) ? layer : null,
      head: head !== null && keep(head < info.nHeads, `head ${head} in a layer`) ? head : null,
      saes,
      edits: view.edits.filter(keepEdit),
      target: {
        ...target,
        trail: trailFits ? trail : [],
        source: trailFits ? target.source : null,
        edge: edge && keep(hasHead(edge.layer, edge.head), `head ${edge.layer}.${edge.head}`) ? edge : null,
        logit:
          logit &&
          keep(
            hasToken(logit.tokenId) && hasToken(logit.minusTokenId),
            `token ${logit.tokenId}${logit.minusTokenId === null ? '' : ` or ${logit.minusTokenId}`}`,
          )
            ? logit
            : null,
      },
    },
    notices,
  };
}

/** A view without what lies past a prompt of so many tokens; the same object where all of it fits. */
export function fitPrompt(view: ExplorerView, length: number): ExplorerView {
  const isInside = (position: number | null) => position === null || position < length;
  const { trail, source, edge, logit } = view.target;
  const trailFits = trail.every(({ position }: Target) => isInside(position));
  const edgeFits = edge === null || isInside(edge.destination);
  const edits = view.edits.filter(({ position }) => isInside(position));
  const logitFits = logit === null || isInside(logit.position);
  const fits = isInside(view.position) && logitFits && trailFits && isInside(source) && edgeFits;
  if (fits && edits.length === view.edits.length) return view;
  return {
    ...view,
    position: isInside(view.position) ? view.position : null,
    edits,
    target: {
      ...view.target,
      trail: trailFits ? trail : [],
      source: trailFits && isInside(source) ? source : null,
      edge: edgeFits ? edge : null,
      logit: logitFits ? logit : null,
    },
  };
}
