import type { AttributionGraph, AttributionNode } from '../../../pipeline/attribution/recursion/attribution-graph.ts';
import type { LogitTarget } from '../../../pipeline/attribution/recursion/logit-attribution.ts';
import { nameText } from '../../page-kit/feature-name.ts';
import { labelJson } from '../names/label-json.ts';
import type { PromptTokens } from '../protocol.ts';
import { componentName } from '../target/component-names.ts';
import type { GraphMarks, GraphView, LabelOf } from '../view.ts';
import type { CircuitTracerFile, CircuitTracerLink, CircuitTracerNode } from './circuit-tracer-file.ts';

export interface GraphContext {
  readonly modelName: string;
  /** Ids of the SAEs that the graph's features are of. */
  readonly saes: readonly string[];
  readonly nLayers: number;
  readonly tokens: PromptTokens;
  readonly marks: GraphMarks;
  readonly rule: Omit<GraphView, 'root'>;
  readonly rootName: string;
  readonly logit: LogitTarget | null;
  readonly labels: LabelOf;
  /** Of the logit's token; null where there is none, as of a difference. */
  readonly probability: number | null;
}

/**
 * A graph in circuit-tracer's format, which Neuronpedia reads too. A link's weight is what its source adds to its target's
 * own value, a pre-activation or logit; `attribution` beside it is what of the root it carries, as it is drawn here. Nodes
 * keep, beside the format's fields, what they are here.
 * Source: circuit-tracer, frontend/graph_models.py; Neuronpedia, api/graph/graph-schema.json.
 */
export function toCircuitTracer({ nodes, edges }: AttributionGraph, context: GraphContext): CircuitTracerFile {
  const { tokens, modelName, saes, marks, rule, rootName, logit } = context;
  const [root] = nodes;
  const readers = new Map(edges.map(({ from, to }) => [to, from]));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const positionOf = ({ id, position }: AttributionNode): number =>
    position ?? byId.get(readers.get(id) ?? '')?.position ?? root?.position ?? 0;
  const ids = new Map(nodes.map((node) => [node.id, nodeId(node, positionOf(node), context)]));
  const idOf = (id: string): string => ids.get(id) ?? id;
  const known = (id: string) => ids.has(id);
  return {
    metadata: {
      slug: `${modelName} ${rootName}`.replace(/[^a-z0-9]+/gi, '-').toLowerCase(),
      scan: modelName,
      transcoder_list: [],
      prompt_tokens: tokens.texts,
      prompt: tokens.texts.join(''),
      schema_version: 1,
      info: { generator: { name: 'attention-atlas' } },
      generation_settings: { max_depth: rule.maxDepth, min_share: rule.minShare },
      token_ids: tokens.ids,
      logit,
      saes,
      pinned_only: marks.pinnedOnly,
    },
    qParams: {
      pinnedIds: [...marks.pins, ...marks.groups.flatMap((group) => group.ids)].filter(known).map(idOf),
      supernodes: marks.groups.map((group) => [group.name, ...group.ids.filter(known).map(idOf)]),
      linkType: 'both',
      clickedId: root ? idOf(root.id) : '',
      sg_pos: '',
    },
    nodes: nodes.map((node) => nodeOf(node, { id: idOf(node.id), position: positionOf(node), context, root })),
    links: edges.map((edge): CircuitTracerLink => {
      const reader = byId.get(edge.from);
      const scale = reader && reader.value !== null && reader.attribution !== 0 ? reader.value / reader.attribution : 1;
      return {
        source: idOf(edge.to),
        target: idOf(edge.from),
        weight: edge.attribution * scale,
        attribution: edge.attribution,
        head: edge.head,
      };
    }),
  };
}

interface Written {
  readonly id: string;
  readonly position: number;
  readonly context: GraphContext;
  readonly root: AttributionNode | undefined;
}

function nodeOf(node: AttributionNode, { id, position, context, root }: Written): CircuitTracerNode {
  const { kind, layer, feature, attribution, remainder, pruned, value } = node;
  const isLogit = kind === 'logit';
  const { logit, nLayers, probability } = context;
  const isKnown = isLogit && probability !== null;
  return {
    node_id: id,
    feature: isLogit ? (logit?.tokenId ?? -1) : (feature ?? (kind === 'embedding' ? position : -1)),
    layer: isLogit ? String(nLayers + 1) : kind === 'embedding' || kind === 'position' ? 'E' : String(layer ?? 0),
    ctx_idx: position,
    feature_type: featureTypes[kind] ?? kind.replaceAll('_', ' '),
    ...(isLogit ? isKnown && { token_prob: probability } : { token_prob: 0 }),
    is_target_logit: isLogit,
    run_idx: 0,
    reverse_ctx_idx: 0,
    jsNodeId: `${id}-0`,
    clerp: isLogit
      ? `Output "${context.rootName.replace(/^logit /, '')}"${isKnown ? ` (p=${probability.toFixed(3)})` : ''}`
      : labelOf(node, context),
    influence: root && root.attribution !== 0 ? Math.abs(attribution / root.attribution) : null,
    activation: kind === 'feature' ? value : null,
    kind,
    position: node.position,
    attribution,
    remainder,
    pruned,
    ...(kind === 'feature' && { label: labelJson(labelIn(node, context)) }),
  };
}

/** Names that readers of the format know; any with "error" in it is drawn as an error. */
const featureTypes: Readonly<Partial<Record<AttributionNode['kind'], string>>> = {
  feature: 'cross layer transcoder',
  embedding: 'embedding',
  position: 'embedding',
  error: 'attention reconstruction error',
  logit: 'logit',
};

/** As circuit-tracer's node ids are where it has such nodes; others by their kind. */
function nodeId({ kind, layer, feature }: AttributionNode, position: number, context: GraphContext): string {
  if (kind === 'feature') return `${layer}_${feature}_${position}`;
  if (kind === 'embedding') return `E_${context.tokens.ids[position]}_${position}`;
  if (kind === 'logit') return `${context.nLayers + 1}_${context.logit?.tokenId}_${position}`;
  return [kind, layer, feature, position].filter((part) => part !== null).join('_');
}

const labelIn = ({ kind, layer, feature }: AttributionNode, { labels }: GraphContext) =>
  kind === 'feature' && layer !== null && feature !== null ? labels(layer, feature) : undefined;

function labelOf(node: AttributionNode, context: GraphContext): string {
  const label = labelIn(node, context);
  const name = nameText(label?.name());
  if (name !== '') return name;
  const promotes = label && label.promotes.length > 0 ? `promotes ${label.promotes.slice(0, 3).join(' ')}` : '';
  const said = [label?.family ?? '', promotes].filter((part) => part !== '').join(', ');
  return said === '' ? componentName(node, label?.sae) : said;
}
