import { greatest } from '../../numbers/extremes.ts';
import { type AttributionTerm, type RecursiveAttribution, recursiveAttribution } from '../recursive-attribution.ts';
import type { Component } from './components.ts';
import type { FrozenPrompt } from './frozen-prompt.ts';
import { type LogitAttribution, type LogitTarget, logitAttribution } from './logit-attribution.ts';

/** A logit, a feature or another component, at a position; constants and biases that are read at no source are at none. */
export interface AttributionNode extends Component {
  readonly id: string;
  readonly position: number | null;
  /** Steps from the root, by the shortest way. */
  readonly depth: number;
  /** What it adds to the root, a pre-activation or a logit before its cap, by every way kept: the sum of the edges to it. */
  readonly attribution: number;
  /** What of `attribution` no child of it carries: all of it where it is not expanded. */
  readonly remainder: number;
  /** What its own terms sum to, a pre-activation or the root's logit; null where the node is not expanded. */
  readonly value: number | null;
  /** Terms that the remainder holds; null where the node is not expanded. */
  readonly pruned: number | null;
}

/** `from` reads `to`. */
export interface AttributionEdge {
  readonly from: string;
  readonly to: string;
  readonly attribution: number;
  /** The head that carries most of it, by magnitude; null for a constant, and from a logit. */
  readonly head: number | null;
}

export interface AttributionGraph {
  /** The first is the root; the others follow by layer, from the highest. */
  readonly nodes: readonly AttributionNode[];
  readonly edges: readonly AttributionEdge[];
}

/** When the recursion stops. */
export interface StoppingRule {
  /** Steps from the root. */
  readonly maxDepth: number;
  /** Terms smaller than this share of the root, by magnitude, go to the remainder. */
  readonly minShare: number;
  /** Children of a node, strongest first. */
  readonly maxChildren: number;
}

const defaultStoppingRule: StoppingRule = { maxDepth: 3, minShare: 0.02, maxChildren: 32 };

type Draft = { -readonly [K in keyof AttributionNode]: AttributionNode[K] };

/** A feature at a position, or a logit after one. */
export type GraphRoot = { readonly layer: number; readonly feature: number; readonly position: number } | LogitTarget;

/**
 * What a feature at a position reads, or what a logit is the sum of, and what those features read in turn. A feature
 * upstream that carries a of the root is its pre-activation f scaled by a/f, so its own terms are scaled alike; a feature
 * reached by several ways is one node. In each expanded node the edges from it and its remainder sum to its attribution.
 */
export async function attributionGraph(
  prompt: FrozenPrompt,
  root: GraphRoot,
  rule: Partial<StoppingRule> = {},
): Promise<AttributionGraph> {
  const builder = new GraphBuilder({ ...defaultStoppingRule, ...rule });
  const isLogit = 'tokenId' in root;
  if (isLogit) builder.expandRoot(logitComponent, root.position, logitChildren(await logitAttribution(prompt, root)));
  else builder.node({ kind: 'feature', layer: root.layer, feature: root.feature }, root.position, 0);
  for (let layer = isLogit ? prompt.layers.length - 1 : root.layer; layer >= 0; layer--) {
    const due = builder.due(layer);
    const targets = due.map(({ feature, position }) => ({ feature: feature ?? 0, position: position ?? 0 }));
    const explained = due.length > 0 ? await recursiveAttribution(prompt, layer, targets) : [];
    explained.forEach((attribution, i) => {
      const node = due[i];
      if (node) builder.expand(node, featureChildren(attribution));
    });
  }
  return builder.graph;
}

const logitComponent = { kind: 'logit', layer: null, feature: null } as const;

class GraphBuilder {
  readonly #rule: StoppingRule;
  readonly #nodes = new Map<string, Draft>();
  readonly #edges: AttributionEdge[] = [];
  #least = 0;

  constructor(rule: StoppingRule) {
    this.#rule = rule;
  }

  get graph(): AttributionGraph {
    const depths = (node: Draft) => node.layer ?? -1;
    const [root, ...others] = this.#nodes.values();
    const nodes = root ? [root, ...others.toSorted((a, b) => depths(b) - depths(a))] : [];
    return { nodes, edges: this.#edges };
  }

  /** The node of a component at a position, made when it is new. */
  node(component: Component, position: number | null, depth: number): Draft {
    const id = [component.kind, component.layer, component.feature, position].filter((part) => part !== null).join('.');
    const known = this.#nodes.get(id);
    if (known) {
      known.depth = Math.min(known.depth, depth);
      return known;
    }
    const node = { ...component, id, position, depth, attribution: 0, remainder: 0, value: null, pruned: null };
    this.#nodes.set(id, node);
    return node;
  }

  /** Features of a layer that are to be expanded; every feature that reads them has been. */
  due(layer: number): Draft[] {
    return [...this.#nodes.values()].filter(
      (node) =>
        node.kind === 'feature' &&
        node.layer === layer &&
        node.depth < this.#rule.maxDepth &&
        Math.abs(node.attribution) >= this.#least,
    );
  }

  /** A root that the terms of no layer explain. */
  expandRoot(component: Component, position: number, children: readonly Child[]): void {
    this.expand(this.node(component, position, 0), children);
  }

  expand(node: Draft, children: readonly Child[]): void {
    const total = children.reduce((sum, { attribution }) => sum + attribution, 0);
    const isRoot = node.depth === 0;
    if (isRoot) {
      node.attribution = total;
      this.#least = scaleOf(node, children) * this.#rule.minShare;
    }
    const scale = isRoot ? 1 : node.attribution / total;
    const kept = children
      .filter(({ attribution }) => attribution !== 0 && Math.abs(attribution * scale) >= this.#least)
      .toSorted((a, b) => Math.abs(b.attribution) - Math.abs(a.attribution))
      .slice(0, this.#rule.maxChildren);
    let carried = 0;
    for (const { component, position, head, attribution } of kept) {
      const child = this.node(component, position, node.depth + 1);
      const flow = attribution * scale;
      child.attribution += flow;
      child.remainder += flow;
      carried += flow;
      this.#edges.push({ from: node.id, to: child.id, attribution: flow, head });
    }
    node.remainder = node.attribution - carried;
    node.value = total;
    node.pruned = children.length - kept.length;
  }
}

/** What shares are of: the root, or a logit's largest term where terms cancel, as they may in a difference. */
function scaleOf({ kind, attribution }: Draft, children: readonly Child[]): number {
  if (kind !== 'logit') return Math.abs(attribution);
  return greatest(
    children.map((child) => Math.abs(child.attribution)),
    Math.abs(attribution),
  );
}

interface Child {
  readonly component: Component;
  readonly position: number | null;
  readonly attribution: number;
  readonly head: number | null;
}

function featureChildren({ layer, feature, constant, outputBias, terms }: RecursiveAttribution): Child[] {
  return [
    ...terms.map(childOf),
    { component: { kind: 'constant', layer, feature }, ...atNoPosition(constant) },
    ...(outputBias === 0
      ? []
      : [{ component: { kind: 'output_bias', layer, feature: null } as const, ...atNoPosition(outputBias) }]),
  ];
}

function logitChildren({ target, terms }: LogitAttribution): Child[] {
  return terms.map(({ component, attribution }) =>
    component.kind === 'unembedding_bias'
      ? { component, ...atNoPosition(attribution) }
      : { component, position: target.position, attribution, head: null },
  );
}

function childOf({ component, source, attribution, byHead }: AttributionTerm): Child {
  return { component, position: source, attribution, head: strongest(byHead) };
}

const atNoPosition = (attribution: number) => ({ position: null, attribution, head: null });

/** Index of the largest magnitude. */
function strongest(values: Float32Array): number {
  return values.reduce((best, value, i) => (Math.abs(value) > Math.abs(values[best]) ? i : best), 0);
}
