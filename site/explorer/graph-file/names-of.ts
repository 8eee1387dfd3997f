import type { AttributionNode } from '../../../pipeline/attribution/recursion/attribution-graph.ts';
import { shortName } from '../target/component-names.ts';
import { logitNames } from '../target/logit-names.ts';
import type { CircuitTracerNode } from './circuit-tracer-file.ts';

interface Names {
  readonly long: string;
  readonly short: string;
}
/** What nodes are called in a list, and where there is little room, by their ids. */
export type NodeNames = ReadonlyMap<string, Names>;

/** What a file calls the nodes that were read of it, where that is not by their components, as in a graph drawn here. */
export function namesOf(
  written: readonly CircuitTracerNode[],
  nodes: readonly AttributionNode[],
  isOwn: boolean,
): NodeNames {
  const read = new Map(nodes.map((node) => [node.id, node]));
  const names = new Map<string, Names>();
  for (const node of written) {
    const as = read.get(node.node_id);
    if (as && isOwn && as.kind === 'logit') names.set(as.id, logitNames(tokensIn(node.clerp)));
    if (as && !isOwn) names.set(as.id, foreignNames(node, as));
  }
  return names;
}

function foreignNames(
  { clerp, node_id: id, layer, feature, feature_type: type }: CircuitTracerNode,
  as: AttributionNode,
) {
  const isNumbered = feature !== null && feature >= 0;
  const component = as.kind === 'feature' ? (isNumbered ? `${layer}/${feature}` : id) : shortName(as);
  return {
    long: clerp === '' ? `${type} ${id}` : `${clerp} (${id})`,
    short: as.kind === 'logit' ? logitNames(tokensIn(clerp)).short : component,
  };
}

/** Of an output's name: Output "Paris" (p=0.250). */
const tokensIn = (clerp: string): string => clerp.match(/"(.*)"/s)?.[1] ?? clerp;
