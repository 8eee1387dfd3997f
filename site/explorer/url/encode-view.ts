// The explorer's view as a query string. Features are L/F, heads L.H, as everywhere on the site; @P is a position.
//
//   text=…             the prompt as typed, or ids=4095,17,903, its tokens, the beginning-of-sequence token first, as a prompt
//                      is written that the model's context cuts; neither where the address would be too long
//   text2=… or ids2=…  a second prompt, compared with the first
//   position=7         whose features and predictions are listed; without it, the last
//   layer=1  head=3    whose features and patterns are shown
//   family=induction   the only family listed
//   rank=logit         what features are ordered by, where not activation: logit or ablation
//   patterns=after     whose attention patterns, where not the prompt's own: after the edits, or their change
//   saes=1-32k,3-out   SAEs used in place of the first ones of their layers, by id
//   edits=1/1112@7:zero,1.3:mean,0/5:x0.5,0/6:add4   what is changed, at a position or everywhere: zero, mean, times a
//                      factor, or a feature's direction added so many times
//   generate=20,0.7,0  the prompt continued, before and after the edits: tokens, temperature, seed
//   target=1/1112@7,0/33@6                  features followed upstream, from the first one picked
//   source=6           the source whose residual stream is taken apart
//   edge=1.3@7,2       the attention score taken apart: head @ destination, source
//   logit=412-315@7    the logit explained, or a difference of two, by token ids; without @P, after the last position
//   graph=3,0.02       the graph's depth and least share, from the first feature; graph=3,0.02,logit from the logit
////   pins=feature.1.239.10,mlp.1.10   nodes pinned, by their ids in the graph
//   group=mlp.0.10,mlp.1.10:MLPs      nodes drawn as one, and its name; once for each group
//   shown=pinned       nothing but the root and these

// What is null is left out; `decodeView` reads it back as it was.

import type { AttentionEdge } from '../../../pipeline/attribution/recursion/score-attribution.ts';
import type { Edit, Target } from '../protocol.ts';
import type { ExplorerView, GraphView, LogitView, PromptInput } from '../view.ts';

/** The query string of a view, without '?'; '' for the empty view. Text must be well formed. */
export function encodeView(view: ExplorerView): string {
  const { prompts, position, layer, head, family, rank, patterns, saes, edits, generation, target } = view;
  const entries: readonly (readonly [string, string | number | null])[] = [
    ...prompts.map((prompt, i) => promptEntry(prompt, i)),
    ['position', position],
    ['layer', layer],
    ['head', head],
    ['family', family],
    ['rank', rank === 'activation' ? null : rank],
    ['patterns', patterns === 'before' ? null : patterns],
    ['saes', list(saes, (id) => id)],
    ['edits', list(edits, editText)],
    ['generate', generation && `${generation.tokenCount},${generation.temperature},${generation.seed}`],
    ['target', list(target.trail, targetText)],
    ['source', target.source],
    ['edge', target.edge && edgeText(target.edge)],
    ['logit', target.logit && logitText(target.logit)],
    ['pins', list(target.marks.pins, (id) => id)],
    ...target.marks.groups.map(({ name, ids }) => ['group', `${ids.join(',')}:${name.toWellFormed()}`] as const),
    ['shown', target.marks.pinnedOnly ? 'pinned' : null],
    ['graph', target.graph && graphText(target.graph)],
  ];
  return entries
    .flatMap(([name, value]) => (value === null ? [] : [`${name}=${escapeValue(String(value))}`]))
    .join('&');
}

function promptEntry(prompt: PromptInput, i: number): readonly [string, string | null] {
  const suffix = i === 0 ? '' : String(i + 1);
  if ('ids' in prompt) return [`ids${suffix}`, prompt.ids.join(',')];
  return [`text${suffix}`, i === 0 && prompt.text === '' ? null : prompt.text.toWellFormed()];
}

const list = <T>(items: readonly T[], text: (item: T) => string): string | null =>
  items.length === 0 ? null : items.map(text).join(',');

const targetText = ({ layer, feature, position }: Target): string => `${layer}/${feature}@${position}`;

const edgeText = ({ layer, head, destination, source }: AttentionEdge): string =>
  `${layer}.${head}@${destination},${source}`;

const graphText = ({ root, maxDepth, minShare }: GraphView): string =>
  `${maxDepth},${minShare}${root === 'logit' ? ',logit' : ''}`;

const logitText = ({ position, tokenId, minusTokenId }: LogitView): string =>
  `${tokenId}${minusTokenId === null ? '' : `-${minusTokenId}`}${position === null ? '' : `@${position}`}`;

function editText(edit: Edit): string {
  const unit = edit.kind === 'feature' ? `${edit.layer}/${edit.feature}` : `${edit.layer}.${edit.head}`;
  const place = edit.position === null ? '' : `@${edit.position}`;
  return `${unit}${place}:${actionText(edit)}`;
}

function actionText(edit: Edit): string {
  if (edit.action === 'scale') return `x${edit.factor}`;
  return edit.action === 'add' ? `add${edit.amount}` : edit.action;
}

/** As encodeURIComponent, but what a query may hold stays legible, and spaces are '+'. */
function escapeValue(text: string): string {
  return encodeURIComponent(text)
    .replace(/%(2C|2F|3A|40)/g, decodeURIComponent)
    .replaceAll('%20', '+');
}
