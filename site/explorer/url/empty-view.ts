import type { ExplorerView, TargetView } from '../view.ts';

export const emptyTarget: TargetView = { trail: [], source: null, edge: null, graph: null };

/** The explorer before anything was typed or picked. */
export const emptyView: ExplorerView = {
  prompts: [{ text: '' }],
  position: null,
  layer: null,
  head: null,
  family: null,
  edits: [],
  target: emptyTarget,
};
