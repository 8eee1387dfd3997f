import type { Change } from '../../pipeline/attribution/interventions.ts';
import type {
  AttributionGraph,
  GraphRoot,
  StoppingRule,
} from '../../pipeline/attribution/recursion/attribution-graph.ts';
import type { AttributionTarget } from '../../pipeline/attribution/recursion/explain-targets.ts';
import type { LogitAttribution, LogitTarget } from '../../pipeline/attribution/recursion/logit-attribution.ts';
import type { AttentionEdge, ScoreAttribution } from '../../pipeline/attribution/recursion/score-attribution.ts';
import type { AttributionTerm } from '../../pipeline/attribution/recursive-attribution.ts';
import type { NextToken } from '../../pipeline/model/next-tokens.ts';

/** Where the explorer computes. */
export type ExplorerBackend = 'webgpu' | 'wasm';

export interface ExplorerSaeInfo {
  readonly id: string;
  readonly layer: number;
  readonly dSae: number;
  readonly bytes: number;
}

export interface ExplorerInfo {
  readonly modelName: string;
  readonly backend: ExplorerBackend;
  readonly nLayers: number;
  readonly nHeads: number;
  readonly vocabSize: number;
  /** Tokens of a prompt at most, the beginning-of-sequence token among them. */
  readonly maxTokens: number;
  /** Tokens of a prompt and its continuation at most. */
  readonly contextLength: number;
  /**
   * Bytes of the model where, with its SAEs, they are too many to be fetched before a reader asks for them; each SAE then
   * is asked for by itself. 0 where all are few.
   */
  readonly bytesWaiting: number;
  /**
   * Bytes of the model and its SAEs that the first prompt fetches: those that are not kept from an earlier visit. 0 where they
   * wait until they are asked for.
   */
  readonly bytesAhead: number;
  readonly bosTokenId: number;
  /** By layer; of each, the one that is used unless another is picked comes first. */
  readonly saes: readonly ExplorerSaeInfo[];
}

/** A prompt as the model sees it; `ids` begins with the beginning-of-sequence token. */
export interface PromptTokens {
  readonly ids: readonly number[];
  /** Display text of each token, as the vocabulary table has it. */
  readonly texts: readonly string[];
  /** Tokens left out at the end because the model's context holds no more. */
  readonly cut: number;
}

/** At one position, or at all but the beginning-of-sequence token's where `position` is null. */
export type Edit = { readonly layer: number; readonly position: number | null } & (
  | (Change & { readonly kind: 'feature'; readonly feature: number })
  | (HeadChange & { readonly kind: 'head'; readonly head: number })
);

/** A head has no direction of its own to add. */
export type HeadChange = Exclude<Change, { readonly action: 'add' }>;

/** A forward pass: tokens, and what is changed on the way. SAE errors are kept. */
export interface Pass {
  readonly ids: readonly number[];
  readonly edits: readonly Edit[];
}

export interface Prediction extends NextToken {
  readonly text: string;
}

/** Active features of one layer, by position, then by activation from the highest; all arrays are of one length. */
export interface LayerFeatures {
  readonly layer: number;
  readonly features: Int32Array;
  readonly positions: Int32Array;
  readonly activations: Float32Array;
}

export interface PassResult {
  /** The most probable next tokens after each position. */
  readonly predictions: readonly (readonly Prediction[])[];
  /** Cross-entropy in nats of the token after each position but the last. */
  readonly losses: Float32Array;
  readonly layers: readonly LayerFeatures[];
  readonly elapsedMs: number;
}

export interface Target extends AttributionTarget {
  readonly layer: number;
}

/** DFA of a target. byHeadAndSource [head, source], sources 0…position; it sums with the constant and the output bias to preActivation. */
export interface DirectAttribution {
  readonly target: Target;
  readonly byHeadAndSource: Float32Array;
  readonly constant: number;
  /** What no head wrote of an attention output that is read; 0 where z is. */
  readonly outputBias: number;
  /** As the encoder gives it, on its own way: what the sum is checked against. */
  readonly preActivation: number;
}

/** Terms from the strongest; at least those of `minShare` of the whole, the rest summed in `remainder`. */
export interface Decomposition {
  readonly target: Target;
  readonly terms: readonly AttributionTerm[];
  readonly remainder: number;
  readonly pruned: number;
  readonly constant: number;
  readonly outputBias: number;
}

export interface EdgeScore extends ScoreAttribution {
  readonly edge: AttentionEdge;
  /** q·k/√dHead as the forward pass has it: what the pairs' sum is checked against. */
  readonly score: number;
  /** After the softmax. */
  readonly attention: number;
}

/** A logit taken apart, beside the logit that the forward pass itself gives. */
export interface ExplainedLogit extends LogitAttribution {
  /** Of its token, and of the one taken away. */
  readonly texts: readonly string[];
  /** Before its cap: what the terms' sum is checked against. Of a difference, one less the other. */
  readonly uncapped: number;
  /** As the model gives it: after its cap. */
  readonly logit: number;
  /** Of its token as the next one; null of a difference, which has none. */
  readonly probability: number | null;
  /** What of a small change of each logit its cap lets pass, 1 − tanh²(x/cap); nothing where there is no cap. */
  readonly slopes: readonly number[];
}

export interface EffectsQuestion {
  readonly logit: LogitTarget;
  /** Where features are set to zero, each on its own; at or before the logit's position. */
  readonly position: number;
}

/** What the logit changes by when each of some features of one layer is set to zero at the position, all else run again. */
export interface MeasuredEffects {
  readonly layer: number;
  readonly features: Int32Array;
  readonly effects: Float32Array;
  /** Features measured so far, of how many. */
  readonly done: number;
  readonly total: number;
}

/** How text is continued: the same seed gives the same text. */
export interface GenerationSettings {
  readonly tokenCount: number;
  /** 0 takes the most probable token. */
  readonly temperature: number;
  readonly seed: number;
}

/** A continuation so far. */
export interface GeneratedText {
  readonly ids: readonly number[];
  readonly text: string;
}

/** Hears of each part of a long computation; false ends it. */
type Report<T> = (part: T) => boolean | Promise<boolean>;

/** Bytes fetched of those due, and what is being fetched. */
export interface LoadProgress {
  readonly loaded: number;
  readonly total: number;
  readonly what: string;
}

/**
 * The explorer's computation, in a worker. Passes are kept for the last few prompts; all else follows from `pass`,
 * so that a view of the page is a value that fits a URL. Errors are UserErrors' messages: one clear line.
 */
export interface ExplorerSession {
  /** `site` is the URL of the site's root. Throws where neither WebGPU nor WASM SIMD is to be had. */
  open(site: string, onProgress: (progress: LoadProgress) => void): Promise<ExplorerInfo>;
  /**
   * Has only these SAEs take part from now on, one of a layer at most; layers without are as those that have none. At
   * first the first of each layer does. Throws for an id that is none.
   */
  useSaes(ids: readonly string[]): Promise<void>;
  /** Begins to fetch what a pass needs, unless that is so much that it waits until it is asked for. */
  fetchAhead(): Promise<void>;
  tokenize(text: string): Promise<PromptTokens>;
  /** Tokens given as ids: checked, cut, and named. */
  describe(ids: readonly number[]): Promise<PromptTokens>;
  /** Text of ids, without the beginning-of-sequence token. */
  textOf(ids: readonly number[]): Promise<string>;
  run(pass: Pass): Promise<PassResult>;
  /** A [head, destination, source]. */
  patterns(pass: Pass, layer: number): Promise<Float32Array>;
  /** A feature's activation at every position. */
  activations(pass: Pass, layer: number, feature: number): Promise<Float32Array>;
  attribution(ids: readonly number[], target: Target): Promise<DirectAttribution>;
  /** The target's recursive DFA; only what stands at `source` where it is not null. */
  decompose(ids: readonly number[], target: Target, source: number | null, minShare: number): Promise<Decomposition>;
  graph(ids: readonly number[], root: GraphRoot, rule: Partial<StoppingRule>): Promise<AttributionGraph>;
  score(ids: readonly number[], edge: AttentionEdge): Promise<EdgeScore>;
  /** How probable some tokens are after a position, whether or not they are among the most probable. */
  predict(pass: Pass, position: number, tokenIds: readonly number[]): Promise<readonly Prediction[]>;
  /** Logits of some tokens after a position. */
  logits(pass: Pass, position: number, tokenIds: readonly number[]): Promise<Float32Array>;
  logit(ids: readonly number[], target: LogitTarget): Promise<ExplainedLogit>;
  /** Continues a prompt; edits at no position of their own hold for the new tokens as well. */
  generate(pass: Pass, settings: GenerationSettings, report: Report<GeneratedText>): Promise<void>;
  /** Measures ablations a batch at a time; other questions are answered between batches. */
  effects(ids: readonly number[], question: EffectsQuestion, report: Report<MeasuredEffects>): Promise<void>;
}
