import type {
  AttributionEdge,
  AttributionGraph,
  AttributionNode,
} from '../../../pipeline/attribution/recursion/attribution-graph.ts';
import type { GraphMarks, LogitView } from '../view.ts';
import type { CircuitTracerNode, ReadGraphFile } from './circuit-tracer-file.ts';

/** A graph of a file, of this model or of any other. */
export interface GraphFromFile {
  readonly modelName: string;
  readonly slug: string;
  readonly texts: readonly string[];
  /** The prompt's tokens and the root, where the file says them. */
  readonly ids: readonly number[] | undefined;
  readonly logit: LogitView | null;
  /** Ids of the SAEs that it was made with, where the file says them. */
  readonly saes: readonly string[];
  readonly graph: AttributionGraph;
  readonly marks: GraphMarks;
  /** What each node is called in the file. */
  readonly names: ReadonlyMap<string, { readonly long: string; readonly short: string }>;
  /** Whether attention-atlas wrote it: its attributions are then the file's own. */
  readonly isOwn: boolean;
}

/**
 * Reads a graph. In one that says only how nodes affect each other, weights of a node's inputs are normalised by their
 * magnitudes and followed down from its output, as circuit-tracer's influence is; signs are kept.
 */
export function fromCircuitTracer({ metadata, qParams, nodes, links }: ReadGraphFile): GraphFromFile {
  const isOwn = nodes.every(({ attribution }) => attribution !== undefined);
  const known = new Set(nodes.map(({ node_id }) => node_id));
  const inside = links.filter(({ source, target }) => known.has(source) && known.has(target) && source !== target);
  const edges = inside.map(({ source, target, weight, attribution, head }) => ({
    from: target,
    to: source,
    attribution: attribution ?? weight,
    head: head ?? null,
  }));
  const graph = isOwn ? { nodes: rootFirst(nodes).map(ownNode), edges } : influences(rootFirst(nodes), edges);
  const { logit } = metadata;
  return {
    modelName: metadata.scan,
    slug: metadata.slug,
    texts: metadata.prompt_tokens,
    ids: metadata.token_ids,
    logit: logit ? { ...logit } : null,
    saes: metadata.saes,
    graph,
    marks: marksOf(qParams, known),
    names: new Map(nodes.map((node) => [node.node_id, namesOf(node)])),
    isOwn,
  };
}

function marksOf({ pinnedIds, supernodes }: ReadGraphFile['qParams'], known: ReadonlySet<string>): GraphMarks {
  const groups = (supernodes ?? []).flatMap(([name = '', ...ids]) => {
    const own = ids.filter((id) => known.has(id));
    return own.length > 0 ? [{ name, ids: own }] : [];
  });
  const grouped = new Set(groups.flatMap(({ ids }) => ids));
  return { pins: (pinnedIds ?? []).filter((id) => known.has(id) && !grouped.has(id)), groups, pinnedOnly: false };
}

/** The output that the graph is about first, then by layer, from the highest. */
function rootFirst(nodes: readonly CircuitTracerNode[]): CircuitTracerNode[] {
  const height = (node: CircuitTracerNode) =>
    kindOf(node) === 'logit' ? Number.POSITIVE_INFINITY : (layerOf(node) ?? -1);
  const weight = (node: CircuitTracerNode) => Number(node.is_target_logit) * 2 + (node.token_prob ?? 0);
  // Infinity − Infinity is no number: heights are compared, not subtracted.
  return nodes.toSorted(
    (a, b) => Number(height(b) > height(a)) - Number(height(a) > height(b)) || weight(b) - weight(a),
  );
}

const layerOf = ({ layer }: CircuitTracerNode): number | null => (/^\d+$/.test(layer) ? Number(layer) : null);

function kindOf({ kind, feature_type: type }: CircuitTracerNode): AttributionNode['kind'] {
  const own = ownKinds.find((known) => known === kind);
  if (own) return own;
  if (type === 'logit' || type === 'embedding') return type;
  return type.includes('error') ? 'error' : 'feature';
}

const ownKinds: readonly AttributionNode['kind'][] = [
  ...([
    'embedding',
    'position',
    'feature',
    'error',
    'decoder_bias',
    'folded_bias',
    'output_bias',
    'attention',
  ] as const),
  ...(['mlp', 'value_bias', 'constant', 'unembedding_bias', 'logit'] as const),
];

function plainNode(node: CircuitTracerNode): AttributionNode {
  const kind = kindOf(node);
  const isPlaced = kind !== 'logit' && kind !== 'embedding' && kind !== 'position';
  return {
    ...{ id: node.node_id, kind, layer: isPlaced ? layerOf(node) : null },
    feature: kind === 'feature' ? node.feature : null,
    position: node.position === undefined ? node.ctx_idx : node.position,
    ...{ depth: 0, attribution: 0, remainder: 0, value: node.activation ?? null, pruned: null },
  };
}

function ownNode(node: CircuitTracerNode): AttributionNode {
  const { attribution = 0, remainder = attribution, pruned = null } = node;
  const plain = plainNode(node);
  const isBias = plain.kind === 'unembedding_bias';
  return { ...plain, layer: isBias ? null : plain.layer, attribution, remainder, pruned };
}

/** What each node carries of the outputs, by the shares of its readers' inputs. */
function influences(nodes: readonly CircuitTracerNode[], links: readonly AttributionEdge[]): AttributionGraph {
  const inputs = Map.groupBy(links, ({ from }) => from);
  const carried = new Map<string, number>();
  const edges: AttributionEdge[] = [];
  for (const node of nodes) {
    const id = node.node_id;
    const isOutput = kindOf(node) === 'logit';
    if (isOutput) carried.set(id, node.token_prob || 1);
    const own = inputs.get(id) ?? [];
    const scale = own.reduce((sum, { attribution }) => sum + Math.abs(attribution), 0);
    for (const edge of own) {
      const flow = ((carried.get(id) ?? 0) * edge.attribution) / (scale || 1);
      carried.set(edge.to, (carried.get(edge.to) ?? 0) + flow);
      edges.push({ ...edge, attribution: flow });
    }
  }
  const outgoing = Map.groupBy(edges, ({ from }) => from);
  return {
    nodes: nodes.map((node) => {
      const attribution = carried.get(node.node_id) ?? 0;
      const below = (outgoing.get(node.node_id) ?? []).reduce((sum, edge) => sum + edge.attribution, 0);
      return { ...plainNode(node), attribution, remainder: attribution - below };
    }),
    edges,
  };
}

function namesOf({ clerp, node_id: id, feature, layer, feature_type: type }: CircuitTracerNode) {
  const short =
    type === 'logit'
      ? (clerp.match(/"(.*)"/)?.[1] ?? clerp)
      : feature === null || feature < 0
        ? id
        : `${layer}/${feature}`;
  return { long: clerp === '' ? `${type} ${id}` : `${clerp} (${id})`, short };
}

/** The graph without edges that carry less than a share of the root, and nodes that nothing kept reads. */
export function pruneGraph(
  { nodes, edges }: AttributionGraph,
  minShare: number,
  pins: ReadonlySet<string>,
): AttributionGraph {
  const [root] = nodes;
  if (!root) return { nodes, edges };
  const least = Math.abs(root.attribution) * minShare;
  const kept = edges.filter(
    ({ from, to, attribution }) => Math.abs(attribution) >= least || (pins.has(from) && pins.has(to)),
  );
  const reached = new Set([root.id, ...pins]);
  const byReader = Map.groupBy(kept, ({ from }) => from);
  for (const id of reached) for (const { to } of byReader.get(id) ?? []) reached.add(to);
  const shown = kept.filter(({ from, to }) => reached.has(from) && reached.has(to));
  const below = new Map<string, number>();
  for (const { from, attribution } of shown) below.set(from, (below.get(from) ?? 0) + attribution);
  return {
    nodes: nodes
      .filter(({ id }) => reached.has(id))
      .map((node) => ({ ...node, remainder: node.attribution - (below.get(node.id) ?? 0) })),
    edges: shown,
  };
}
