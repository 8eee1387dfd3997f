import { describe, expect, it } from 'vitest';
import {
  type AttributionGraph,
  attributionGraph,
  type StoppingRule,
} from '../../../pipeline/attribution/recursion/attribution-graph.ts';
import { recursiveAttribution } from '../../../pipeline/attribution/recursive-attribution.ts';
import { freeze } from './freeze.ts';
import { tinySaes, tinyTokens, tinyTransformer } from './tiny-prompt.ts';

const tolerance = 1e-4;
const root = { layer: 3, feature: 5, position: 7 };
const everything = { maxDepth: 10, minShare: 0, maxChildren: Number.POSITIVE_INFINITY };

async function graphOf(rule: Partial<StoppingRule>, at = root, layers = [0, 1, 2, 3]) {
  const prompt = await freeze(await tinyTransformer(), tinySaes(layers), tinyTokens);
  const graph = await attributionGraph(prompt, at, rule);
  const [explained] = await recursiveAttribution(prompt, at.layer, [at]);
  prompt.dispose();
  const pre = explained?.terms.reduce((sum, { attribution }) => sum + attribution, explained.constant);
  return { graph, pre: pre ?? Number.NaN };
}

/** The largest difference of a node from the edges that leave it and its remainder, or from the edges to it. */
function imbalance({ nodes, edges }: AttributionGraph): number {
  const outgoing = new Map<string, number>();
  const incoming = new Map<string, number>();
  for (const { from, to, attribution } of edges) {
    outgoing.set(from, (outgoing.get(from) ?? 0) + attribution);
    incoming.set(to, (incoming.get(to) ?? 0) + attribution);
  }
  const differences = nodes.flatMap(({ id, attribution, remainder }, i) => [
    (outgoing.get(id) ?? 0) + remainder - attribution,
    i === 0 ? 0 : (incoming.get(id) ?? 0) - attribution,
  ]);
  return Math.max(...differences.map(Math.abs));
}

describe('attributionGraph', () => {
  it.each<[string, Partial<StoppingRule>]>([
    ['as it stops by default', {}],
    ['one step deep', { ...everything, maxDepth: 1 }],
    ['with few children', { ...everything, maxChildren: 4 }],
    ['wholly', everything],
  ])('has edges and remainder that sum to each node %s', async (_, rule) => {
    const { graph, pre } = await graphOf(rule);
    expect(imbalance(graph)).toBeLessThan(tolerance);
    expect(graph.nodes[0]).toMatchObject({ kind: 'feature', ...root, depth: 0 });
    expect(Math.abs((graph.nodes[0]?.attribution ?? Number.NaN) - pre)).toBeLessThan(tolerance);
  });

  it('leaves no feature unexplained when nothing stops it, and the leaves sum to the root', async () => {
    const { graph, pre } = await graphOf(everything);
    const leaves = graph.nodes.filter(({ kind }) => kind !== 'feature');
    const total = leaves.reduce((sum, { attribution }) => sum + attribution, 0);
    expect(graph.nodes.filter(({ kind, pruned }) => kind === 'feature' && pruned === null)).toEqual([]);
    expect(Math.abs(total - pre)).toBeLessThan(
      tolerance * Math.max(1, ...leaves.map((leaf) => Math.abs(leaf.attribution))),
    );
  });

  it('stops at the depth asked for', async () => {
    const { graph } = await graphOf({ ...everything, maxDepth: 1 });
    expect(new Set(graph.edges.map(({ from }) => from)).size).toBe(1);
    const features = graph.nodes.filter(({ kind, depth }) => kind === 'feature' && depth === 1);
    expect(features.length).toBeGreaterThan(0);
    for (const node of features) expect(node).toMatchObject({ remainder: node.attribution, pruned: null });
  });

  it('keeps no edge under the least share, and counts what it pruned', async () => {
    const { graph, pre } = await graphOf({ ...everything, minShare: 0.1 });
    expect(graph.edges.length).toBeGreaterThan(0);
    for (const { attribution } of graph.edges)
      expect(Math.abs(attribution)).toBeGreaterThanOrEqual(0.1 * Math.abs(pre) - 1e-9);
    expect(graph.nodes[0]?.pruned).toBeGreaterThan(0);
  });

  it('reads a feature reached by several ways as one node', async () => {
    const { graph } = await graphOf(everything);
    expect(new Set(graph.nodes.map(({ id }) => id)).size).toBe(graph.nodes.length);
    const readers = Map.groupBy(graph.edges, ({ to }) => to);
    expect(Math.max(...[...readers.values()].map((edges) => edges.length))).toBeGreaterThan(1);
  });

  it('explains a feature that reads only embeddings', async () => {
    const { graph } = await graphOf(everything, { layer: 0, feature: 2, position: 3 });
    expect(imbalance(graph)).toBeLessThan(tolerance);
    expect(new Set(graph.nodes.map(({ kind }) => kind))).toEqual(
      new Set(['feature', 'embedding', 'position', 'value_bias', 'constant']),
    );
  });
});
