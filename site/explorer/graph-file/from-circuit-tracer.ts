import type {
  AttributionEdge,
  AttributionGraph,
  AttributionNode,
} from '../../../pipeline/attribution/recursion/attribution-graph.ts';
import { firstView, within } from '../target/graph-levels.ts';
import type { GraphMarks, GraphView, LabelOf, LogitView } from '../view.ts';
import type { CircuitTracerNode, ReadGraphFile } from './circuit-tracer-file.ts';
import { labelsOf } from './labels-of.ts';
import { type NodeNames, namesOf } from './names-of.ts';

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
  /** How far it was followed, where the file says that. */
  readonly rule: Omit<GraphView, 'root'>;
  /** What nodes are called in the file, where that is not by their components. */
  readonly names: NodeNames;
  /** What the file knows of its features. */
  readonly labels: LabelOf;
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
  const graph = isOwn ? { nodes: nodes.map(ownNode), edges } : influences(rootFirst(nodes), edges);
  const { logit, generation_settings: settings } = metadata;
  return {
    modelName: metadata.scan,
    slug: metadata.slug,
    texts: metadata.prompt_tokens,
    ids: metadata.token_ids,
    logit: logit ? { ...logit } : null,
    saes: metadata.saes,
    graph,
    marks: { ...marksOf(qParams, known), pinnedOnly: metadata.pinned_only },
    rule: within({
      maxDepth: settings?.max_depth ?? firstView.maxDepth,
      minShare: settings?.min_share ?? firstView.minShare,
    }),
    names: namesOf(nodes, graph.nodes, isOwn),
    labels: isOwn ? labelsOf(nodes) : () => undefined,
    isOwn,
  };
}

function marksOf(
  { pinnedIds, supernodes }: ReadGraphFile['qParams'],
  known: ReadonlySet<string>,
): Omit<GraphMarks, 'pinnedOnly'> {
  const groups = (supernodes ?? []).flatMap(([name = '', ...ids]) => {
    const own = ids.filter((id) => known.has(id));
    return own.length > 0 ? [{ name, ids: own }] : [];
  });
  const grouped = new Set(groups.flatMap(({ ids }) => ids));
  return { pins: (pinnedIds ?? []).filter((id) => known.has(id) && !grouped.has(id)), groups };
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
    feature: kind === 'feature' || kind === 'constant' ? node.feature : null,
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
