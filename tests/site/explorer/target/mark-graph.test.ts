import { expect, test } from 'vitest';
import type { AttributionGraph } from '../../../../pipeline/attribution/recursion/attribution-graph.ts';
import {
  dissolve,
  groupName,
  keepNodes,
  makeGroup,
  markGraph,
  renameGroup,
  togglePin,
} from '../../../../site/explorer/target/mark-graph.ts';
import { noMarks } from '../../../../site/explorer/url/empty-view.ts';
import { graphEdge, graphNode } from './example-graph.ts';

// The root reads a (6) and b (2); a reads b (1), c (3) and leaves 2; b reads c (2.5) and leaves 0.5.
const root = graphNode({ kind: 'logit', layer: null, position: 4, attribution: 10, remainder: 2, pruned: 5 });
const a = graphNode({ kind: 'feature', layer: 1, feature: 1, position: 4, attribution: 6, remainder: 2, pruned: 3 });
const b = graphNode({ kind: 'feature', layer: 0, feature: 2, position: 4, attribution: 3, remainder: 0.5, pruned: 1 });
const c = graphNode({ kind: 'embedding', layer: null, position: 2, attribution: 5.5 });
const graph: AttributionGraph = {
  nodes: [root, a, b, c],
  edges: [graphEdge(root, a, 6), graphEdge(root, b, 2), graphEdge(a, b, 1), graphEdge(a, c, 3), graphEdge(b, c, 2.5)],
};

/** The largest difference of a node from the edges that leave it and its remainder, or from the edges to it. */
function imbalance({ nodes, edges }: AttributionGraph): number {
  const total = (own: typeof edges) => own.reduce((sum, { attribution }) => sum + attribution, 0);
  return Math.max(
    ...nodes.flatMap(({ id, attribution, remainder }, i) => [
      Math.abs(total(edges.filter(({ from }) => from === id)) + remainder - attribution),
      i === 0 ? 0 : Math.abs(total(edges.filter(({ to }) => to === id)) - attribution),
    ]),
  );
}

test('a group is one node: what others read of it, without the edges inside, and all sums still hold', () => {
  const grouped = markGraph(graph, makeGroup(noMarks, [a.id, b.id], 'names'));
  expect(grouped.nodes.map((node) => groupName(node) ?? node.kind)).toEqual(['logit', 'names', 'embedding']);
  expect(grouped.nodes[1]).toMatchObject({ layer: 1, position: 4, attribution: 8, remainder: 2.5, pruned: 4 });
  expect(grouped.edges.map(({ attribution }) => attribution)).toEqual([8, 5.5]);
  expect(imbalance(graph)).toBe(0);
  expect(imbalance(grouped)).toBe(0);
});

test('drawn alone, marked nodes keep their edges, and what led elsewhere is in the remainders', () => {
  const pinned = markGraph(graph, { ...togglePin(noMarks, a.id), pinnedOnly: true });
  expect(pinned.nodes.map(({ id, remainder, pruned }) => [id, remainder, pruned])).toEqual([
    [root.id, 4, 6],
    [a.id, 6, 5],
  ]);
  expect(pinned.edges).toEqual([graphEdge(root, a, 6)]);
  expect(imbalance(keepNodes(graph, (id) => id !== c.id && id !== b.id))).toBe(0);
});

test('a group of what is not in the graph, or of the root alone, changes nothing', () => {
  expect(markGraph(graph, makeGroup(noMarks, ['mlp.9.9', root.id], 'elsewhere'))).toEqual(graph);
});

test('nodes are pinned, grouped under a name of their own, renamed, and ungrouped to pins', () => {
  let marks = [a.id, b.id, c.id].reduce(togglePin, noMarks);
  expect(togglePin(marks, b.id).pins).toEqual([a.id, c.id]);
  marks = makeGroup(marks, [a.id], 'names');
  marks = makeGroup(marks, [b.id], ' names ');
  expect(marks.pins).toEqual([c.id]);
  expect(marks.groups.map(({ name }) => name)).toEqual(['names', 'names 2']);
  expect(makeGroup(marks, [a.id, c.id], 'both').groups.map(({ name }) => name)).toEqual(['names 2', 'both']);
  expect(renameGroup(marks, 'names 2', 'names').groups[1]?.name).toBe('names 2');
  expect(renameGroup(marks, 'names', '').groups[0]?.name).toBe('group');
  expect(dissolve(marks, 'names')).toEqual({
    ...marks,
    groups: [{ name: 'names 2', ids: [b.id] }],
    pins: [c.id, a.id],
  });
});
