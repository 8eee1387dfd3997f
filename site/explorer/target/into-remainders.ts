import type { AttributionEdge, AttributionNode } from '../../../pipeline/attribution/recursion/attribution-graph.ts';

/** Nodes of a graph that some edges are left out of: their readers' remainders hold what they carried, and count them. */
export function intoRemainders(
  nodes: readonly AttributionNode[],
  edges: readonly AttributionEdge[],
): AttributionNode[] {
  const byReader = Map.groupBy(edges, ({ from }) => from);
  return nodes.map((node) => {
    const lost = byReader.get(node.id) ?? [];
    const carried = lost.reduce((sum, { attribution }) => sum + attribution, 0);
    const pruned = node.pruned === null ? null : node.pruned + lost.length;
    return { ...node, remainder: node.remainder + carried, pruned };
  });
}
