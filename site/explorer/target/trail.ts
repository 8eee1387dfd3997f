import type { AttributionGraph, AttributionNode } from '../../../pipeline/attribution/recursion/attribution-graph.ts';
import type { Target } from '../protocol.ts';
import type { TargetView } from '../view.ts';

function sameTarget(a: Target, b: Target): boolean {
  return a.layer === b.layer && a.feature === b.feature && a.position === b.position;
}

/** Follows a trail to another target: one that is on it already is returned to. */
export function follow(view: TargetView, target: Target): TargetView {
  const known = view.trail.findIndex((step) => sameTarget(step, target));
  return known < 0 ? lookAt(view, [...view.trail, target]) : returnTo(view, known);
}

/** Goes back to a step of the trail; what came after it is forgotten. */
export function returnTo(view: TargetView, step: number): TargetView {
  return lookAt(view, view.trail.slice(0, step + 1));
}

function lookAt(view: TargetView, trail: readonly Target[]): TargetView {
  return { ...view, trail, source: null, edge: null };
}

/** Makes a graph's feature the target; the trail becomes the strongest way to it from the graph's root. */
export function followGraph(view: TargetView, graph: AttributionGraph, node: AttributionNode): TargetView {
  return lookAt(view, strongestWay(graph, node).flatMap(targetOf));
}

/** From the root down to a node, by the strongest edge to each. */
export function strongestWay({ nodes, edges }: AttributionGraph, node: AttributionNode): AttributionNode[] {
  const byId = new Map(nodes.map((candidate) => [candidate.id, candidate]));
  const way = [node];
  for (let at: AttributionNode | undefined = node; at; ) {
    const { id }: AttributionNode = at;
    const [strongest] = edges
      .filter(({ to }) => to === id)
      .toSorted((a, b) => Math.abs(b.attribution) - Math.abs(a.attribution));
    at = strongest && byId.get(strongest.from);
    if (at) way.unshift(at);
  }
  return way;
}

/** A node as a target, if it is a feature. */
function targetOf({ kind, layer, feature, position }: AttributionNode): Target[] {
  if (kind !== 'feature' || layer === null || feature === null || position === null) return [];
  return [{ layer, feature, position }];
}

export function isOnTrail({ trail }: TargetView, node: AttributionNode): boolean {
  return targetOf(node).some((target) => trail.some((step) => sameTarget(step, target)));
}
