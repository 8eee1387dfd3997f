import type { ExplorerView, GraphMarks, TargetView } from '../view.ts';

export const noMarks: GraphMarks = { pins: [], groups: [], pinnedOnly: false };

export const emptyTarget: TargetView = {
  trail: [],
  source: null,
  edge: null,
  logit: null,
  marks: noMarks,
  graph: null,
};

/** The explorer before anything was typed or picked. */
export const emptyView: ExplorerView = {
  prompts: [{ text: '' }],
  position: null,
  layer: null,
  head: null,
  family: null,
  rank: 'activation',
  patterns: 'before',
  saes: [],
  edits: [],
  generation: null,
  target: emptyTarget,
};
