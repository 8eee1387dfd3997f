import type { AttentionEdge } from '../../pipeline/attribution/recursion/score-attribution.ts';
import type { FeatureName } from '../page-kit/feature-name.ts';
import type { Edit, GenerationSettings, Target } from './protocol.ts';

/** A next token whose logit is explained, or two whose difference is. */
export interface LogitView {
  /** The position that it follows; null for the prompt's last. */
  readonly position: number | null;
  readonly tokenId: number;
  /** The token whose logit is taken away; null for the logit itself. */
  readonly minusTokenId: number | null;
}

/** How far the graph of what a feature reads, or a logit is the sum of, is followed. */
export interface GraphView {
  /** Where it starts: at the logit, or at the trail's first feature. */
  readonly root: 'logit' | 'feature';
  readonly maxDepth: number;
  /** Terms of a smaller share of the root go to the remainders. */
  readonly minShare: number;
}

/** Nodes of the graph that are drawn as one, a supernode. */
export interface NodeGroup {
  readonly name: string;
  readonly ids: readonly string[];
}

/** What a reader has marked in a graph, by the ids of its nodes. */
export interface GraphMarks {
  readonly pins: readonly string[];
  readonly groups: readonly NodeGroup[];
  /** Whether only the root, pinned nodes and groups are drawn. */
  readonly pinnedOnly: boolean;
}

/** What is looked at in one prompt. */
export interface TargetView {
  /** The features followed upstream, from the one first picked to the one shown. */
  readonly trail: readonly Target[];
  /** The source whose residual stream is taken apart; null for all of them. */
  readonly source: number | null;
  /** The entry of an attention pattern whose score is taken apart. */
  readonly edge: AttentionEdge | null;
  readonly logit: LogitView | null;
  readonly marks: GraphMarks;
  /** null while it is not shown. */
  readonly graph: GraphView | null;
}

/** What the lists of features are ordered by: activation, direct attribution of the logit, or its change when each is set to zero. */
export const ranks = ['activation', 'logit', 'ablation'] as const;
export type Rank = (typeof ranks)[number];

/** Which pass the attention patterns are of: the prompt's own, the one with the edits, or what these change. */
export const patternViews = ['before', 'after', 'change'] as const;
export type PatternView = (typeof patternViews)[number];

/** All that the explorer shows: it fits the URL, and comes back from it. */
export interface ExplorerView {
  /** Two where prompts are compared. */
  readonly prompts: readonly PromptInput[];
  /** Position whose features and predictions are listed. */
  readonly position: number | null;
  /** Layer whose patterns are shown, and the head, where one is picked. */
  readonly layer: number | null;
  readonly head: number | null;
  /** Family that the lists of features are kept to. */
  readonly family: string | null;
  readonly rank: Rank;
  readonly patterns: PatternView;
  /** Ids of SAEs that are used in place of the first ones of their layers. */
  readonly saes: readonly string[];
  readonly edits: readonly Edit[];
  /** How the prompt is continued, with the edits and without; null where it is not. */
  readonly generation: GenerationSettings | null;
  readonly target: TargetView;
}

/** As typed, or as token ids where text does not say them. */
export type PromptInput = { readonly text: string } | { readonly ids: readonly number[] };

/** What is known of a feature, to name it by. */
export interface FeatureLabel {
  /** The id of its SAE, which its layer uses. */
  readonly sae: string;
  readonly family: string | null;
  /** The tokens it promotes most. */
  readonly promotes: readonly string[];
  /** Its best label or its summary, once that has come: asking has it fetched. */
  name(): FeatureName | undefined;
}

export interface Unit {
  readonly layer: number;
  readonly feature: number;
}

export type LabelOf = (layer: number, feature: number) => FeatureLabel | undefined;
