import type { ExplorerView, TargetView } from '../view.ts';

export const emptyTarget: TargetView = { trail: [], source: null, edge: null, logit: null, graph: null };

/** The explorer before anything was typed or picked. */
export const emptyView: ExplorerView = {
  prompts: [{ text: '' }],
  position: null,
  layer: null,
  head: null,
  family: null,
  rank: 'activation',
  patterns: 'before',
  edits: [],
  generation: null,
  target: emptyTarget,
};
