import type {
  AttributionEdge,
  AttributionGraph,
  AttributionNode,
} from '../../../../pipeline/attribution/recursion/attribution-graph.ts';

type Part = Partial<AttributionNode> & Pick<AttributionNode, 'kind' | 'layer' | 'position' | 'attribution'>;

export function graphNode({ kind, layer, position, attribution, ...part }: Part): AttributionNode {
  const feature = part.feature ?? null;
  const id = [kind, layer, feature, position].filter((value) => value !== null).join('.');
  return {
    kind,
    layer,
    feature,
    position,
    id,
    attribution,
    depth: 1,
    remainder: attribution,
    value: null,
    pruned: null,
    ...part,
  };
}

export function graphEdge(from: AttributionNode, to: AttributionNode, attribution: number): AttributionEdge {
  return { from: from.id, to: to.id, attribution, head: to.kind === 'constant' ? null : 2 };
}

const root = graphNode({
  kind: 'feature',
  layer: 2,
  feature: 5,
  position: 9,
  attribution: 8,
  remainder: 0.5,
  pruned: 30,
});
const through = graphNode({
  kind: 'feature',
  layer: 1,
  feature: 7,
  position: 4,
  attribution: 5,
  remainder: -1,
  pruned: 9,
});
const aside = graphNode({ kind: 'feature', layer: 1, feature: 8, position: 4, attribution: 1 });
const deep = graphNode({ kind: 'feature', layer: 0, feature: 3, position: 4, attribution: 3 });
const constant = graphNode({ kind: 'constant', layer: 2, feature: 5, position: null, attribution: -0.5 });
const inputs = [3, 4, 9].map((position) => graphNode({ kind: 'embedding', layer: null, position, attribution: 0.7 }));
const written = (['error', 'decoder_bias', 'output_bias', 'mlp'] as const).map((kind) =>
  graphNode({ kind, layer: 0, position: 4, attribution: 0.2 }),
);

/** A root that reads two features, of which one reads a third, and what else there is. */
export const exampleGraph: AttributionGraph = {
  nodes: [root, through, aside, deep, constant, ...inputs, ...written],
  edges: [
    graphEdge(root, through, 5),
    graphEdge(root, aside, 1),
    graphEdge(root, deep, 1),
    graphEdge(through, deep, 2.5),
    graphEdge(aside, deep, -0.5),
    graphEdge(root, constant, -0.5),
    ...inputs.map((input) => graphEdge(through, input, 0.7)),
    ...written.map((part) => graphEdge(root, part, 0.2)),
  ],
};
export const exampleNodes = { root, through, aside, deep, constant };
