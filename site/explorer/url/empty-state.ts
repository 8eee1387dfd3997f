import type { ExplorerState, TargetState } from '../state.ts';

export const emptyTarget: TargetState = { trail: [], source: null, edge: null, graph: null };

/** The explorer before anything was typed or picked. */
export const emptyState: ExplorerState = {
  prompts: [{ text: '' }],
  position: null,
  layer: null,
  head: null,
  family: null,
  edits: [],
  target: emptyTarget,
};
