import type { AttributionGraph, AttributionNode } from '../../../pipeline/attribution/recursion/attribution-graph.ts';
import { greatest } from '../../../pipeline/numbers/extremes.ts';
import { intoRemainders } from '../target/into-remainders.ts';

/** The graph without edges that carry less than a share of the root, and nodes that nothing kept reads. */
export function pruneGraph(
  { nodes, edges }: AttributionGraph,
  minShare: number,
  pins: ReadonlySet<string>,
): AttributionGraph {
  const [root] = nodes;
  if (!root) return { nodes, edges };
  const least = scaleOf(root, edges) * minShare;
  const kept = edges.filter(
    ({ from, to, attribution }) => Math.abs(attribution) >= least || (pins.has(from) && pins.has(to)),
  );
  const reached = new Set([root.id, ...pins]);
  const byReader = Map.groupBy(kept, ({ from }) => from);
  for (const id of reached) for (const { to } of byReader.get(id) ?? []) reached.add(to);
  const shown = new Set(kept.filter(({ from, to }) => reached.has(from) && reached.has(to)));
  return {
    nodes: intoRemainders(
      nodes.filter(({ id }) => reached.has(id)),
      edges.filter((edge) => !shown.has(edge)),
    ),
    edges: [...shown],
  };
}

/** What shares are of, as where the graph is computed: a logit's terms may cancel, as they do in a difference. */
function scaleOf({ id, kind, attribution }: AttributionNode, edges: AttributionGraph['edges']): number {
  const terms = kind === 'logit' ? edges.filter(({ from }) => from === id) : [];
  return greatest(
    terms.map((term) => Math.abs(term.attribution)),
    Math.abs(attribution),
  );
}
