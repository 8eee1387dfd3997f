import { expect, test } from 'vitest';
import { edgePath, graphLayout, type PlacedNode, slot } from '../../../../site/explorer/target/graph-layout.ts';
import { exampleGraph, exampleNodes, graphEdge, graphNode } from './example-graph.ts';

/** A graph whose places hold up to seven nodes each, of every sign and size. */
function crowded() {
  const root = graphNode({ kind: 'feature', layer: 3, feature: 0, position: 20, attribution: 9 });
  const others = Array.from({ length: 80 }, (_, i) =>
    graphNode({ kind: 'feature', layer: i % 3, feature: i, position: (i * i) % 4, attribution: ((i % 7) - 3) / 2 }),
  );
  return { nodes: [root, ...others], edges: others.map((node) => graphEdge(root, node, node.attribution)) };
}

const boxOf = ({ x, y }: PlacedNode) => ({ left: x - slot.width / 2, top: y - slot.centre });

function overlap(a: PlacedNode, b: PlacedNode): boolean {
  const [p, q] = [boxOf(a), boxOf(b)];
  return Math.abs(p.left - q.left) < slot.width - 1e-9 && Math.abs(p.top - q.top) < slot.height - 1e-9;
}

test.each([
  ['a small graph', exampleGraph],
  ['a crowded graph', crowded()],
])('in %s no two nodes’ rooms overlap, each disc is within its room, and all are on the canvas', (_, graph) => {
  const { nodes, width, height } = graphLayout(graph);
  expect(nodes).toHaveLength(graph.nodes.length);
  for (const [i, a] of nodes.entries()) {
    for (const b of nodes.slice(i + 1)) expect(overlap(a, b), `${a.node.id} and ${b.node.id}`).toBe(false);
    expect(a.radius).toBeLessThanOrEqual(slot.centre);
    const { left, top } = boxOf(a);
    expect(left).toBeGreaterThanOrEqual(0);
    expect(left + slot.width).toBeLessThanOrEqual(width);
    expect(top).toBeGreaterThanOrEqual(0);
    expect(top + slot.height).toBeLessThanOrEqual(height);
  }
});

test('every edge has both its ends, and an edge to a node that is not there is left out', () => {
  const { nodes, edges } = graphLayout(exampleGraph);
  expect(edges).toHaveLength(exampleGraph.edges.length);
  for (const { edge, from, to } of edges) {
    expect(nodes).toContain(from);
    expect(nodes).toContain(to);
    expect([from.node.id, to.node.id]).toEqual([edge.from, edge.to]);
  }
  const stray = { from: exampleNodes.root.id, to: 'nowhere', attribution: 1, head: 0 };
  expect(graphLayout({ ...exampleGraph, edges: [stray] }).edges).toEqual([]);
});

test('positions go to the right and layers upward; what is read is below its reader', () => {
  const { nodes, edges, columns, rows } = graphLayout(exampleGraph);
  expect(columns.map(({ position }) => position)).toEqual([null, 3, 4, 9]);
  expect(columns.map(({ x }) => x)).toEqual(columns.map(({ x }) => x).toSorted((a, b) => a - b));
  expect(rows.map(({ name }) => name)).toEqual(['attention 2', 'attention 1', 'MLP 0', 'attention 0', 'input']);
  for (const { from, to } of edges) expect(to.y - to.radius).toBeGreaterThan(from.y + from.radius);
  for (const { node, x } of nodes) {
    const column = columns.find(({ position }) => position === node.position);
    expect(x).toBeGreaterThan(column?.x ?? Number.POSITIVE_INFINITY);
    expect(x).toBeLessThan((column?.x ?? 0) + (column?.width ?? 0));
  }
});

test('discs and lines grow with what they carry, whatever its sign', () => {
  const { nodes, edges } = graphLayout(exampleGraph);
  const bySize = nodes.toSorted((a, b) => a.radius - b.radius).map(({ node }) => Math.abs(node.attribution));
  expect(bySize).toEqual(bySize.toSorted((a, b) => a - b));
  const byWidth = edges.toSorted((a, b) => a.width - b.width).map(({ edge }) => Math.abs(edge.attribution));
  expect(byWidth).toEqual(byWidth.toSorted((a, b) => a - b));
});

test('a path holds numbers alone', () => {
  for (const edge of graphLayout(exampleGraph).edges)
    expect(edgePath(edge)).toMatch(/^M[\d.]+ [\d.]+C(-?[\d.]+ ?){6}$/);
});

test('a root by itself, and nothing at all, have a layout', () => {
  expect(graphLayout({ nodes: [exampleNodes.root], edges: [] }).nodes).toHaveLength(1);
  expect(graphLayout({ nodes: [], edges: [] }).width).toBeGreaterThan(0);
});

test('a logit stands above all layers, what is read at no source in a column of its own', () => {
  const logit = graphNode({ kind: 'logit', layer: null, position: 9, attribution: 3 });
  const feature = graphNode({ kind: 'feature', layer: 1, feature: 2, position: 9, attribution: 2 });
  const bias = graphNode({ kind: 'unembedding_bias', layer: null, position: null, attribution: 1 });
  const { rows, columns, nodes } = graphLayout({
    nodes: [logit, feature, bias],
    edges: [graphEdge(logit, feature, 2), graphEdge(logit, bias, 1)],
  });
  expect(rows.map(({ name }) => name)).toEqual(['logit', 'attention 1', 'input']);
  expect(columns.map(({ position }) => position)).toEqual([null, 9]);
  expect(nodes.map(({ y }) => y)).toEqual([...nodes.map(({ y }) => y)].toSorted((a, b) => a - b));
});
