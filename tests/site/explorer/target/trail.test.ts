import { expect, test } from 'vitest';
import { follow, followGraph, returnTo, strongestWay } from '../../../../site/explorer/target/trail.ts';
import { noMarks } from '../../../../site/explorer/url/empty-view.ts';
import type { TargetView } from '../../../../site/explorer/view.ts';
import { exampleGraph, exampleNodes } from './example-graph.ts';

const [a, b, c] = [3, 2, 1].map((layer) => ({ layer, feature: 7, position: layer + 5 }));
const view: TargetView = {
  trail: [a, b].filter((step) => step !== undefined),
  source: 4,
  edge: { layer: 2, head: 1, destination: 7, source: 4 },
  marks: noMarks,
  logit: { position: null, tokenId: 3, minusTokenId: 4 },
  graph: { root: 'logit', maxDepth: 3, minShare: 0.02 },
};

test('a followed feature ends the trail; source and edge are of the one before, logit and graph stay', () => {
  if (!c) throw new Error('three were made');
  expect(follow(view, c)).toEqual({
    trail: [a, b, c],
    source: null,
    edge: null,
    logit: view.logit,
    marks: noMarks,
    graph: view.graph,
  });
});

test('a feature that is on the trail already is gone back to, by a link or by its step', () => {
  if (!a) throw new Error('three were made');
  expect(follow(view, { ...a }).trail).toEqual([a]);
  expect(returnTo(view, 0)).toEqual(follow(view, a));
  expect(returnTo(view, 1).trail).toEqual([a, b]);
});

test('a node of the graph is reached by its strongest reader, and theirs', () => {
  const { root, through, deep } = exampleNodes;
  expect(strongestWay(exampleGraph, deep)).toEqual([root, through, deep]);
  expect(followGraph(view, exampleGraph, deep).trail).toEqual([
    { layer: 2, feature: 5, position: 9 },
    { layer: 1, feature: 7, position: 4 },
    { layer: 0, feature: 3, position: 4 },
  ]);
});

test('the root is reached from itself', () => {
  expect(strongestWay(exampleGraph, exampleNodes.root)).toEqual([exampleNodes.root]);
});
