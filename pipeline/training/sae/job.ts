import type { TrainConfig } from '../../commands/train.ts';
import type { Effects } from '../../effects.ts';
import type { Engine } from '../../engine/program.ts';
import type { Model } from '../../model/model.ts';
import { siteWidth } from '../../sae/site.ts';
import type { SaeShape } from './shape.ts';

/** One training of SAEs. */
export interface TrainJob {
  readonly config: TrainConfig;
  readonly layers: readonly number[];
  readonly context: number;
  readonly engine: Engine;
  readonly model: Model;
  /** The packed corpus, from its beginning. */
  contexts(): AsyncIterable<Int32Array>;
  /** The folder of checkpoints, and the least time between two. */
  readonly checkpoints: string;
  readonly checkpointMs: number;
  readonly effects: Effects;
}

export function shapeOf({ config: { site, dSae, batchTokens }, model }: TrainJob): SaeShape {
  return { dIn: siteWidth(model.config, site), dSae, batch: batchTokens };
}

export const stepsOf = ({ config: { tokens, batchTokens } }: TrainJob): number =>
  Math.max(1, Math.floor(tokens / batchTokens));

/** Ends of the nested prefixes of features: the last is dSae, and the only one unless Matryoshka. */
export function prefixesOf({ config: { matryoshka = [], dSae } }: TrainJob): number[] {
  return [...matryoshka.filter((size) => size < dSae), dSae];
}

/**
 * The learning rate given, or 0.002 up to 2,048 features and less by the root of their number above. Of 256 → 2,048
 * features after 1,000,000 tokens, 0.002 explained 84.4 % of held-out variance and 0.001 83.3 %.
 * Source of the root: Gao et al. 2024, arXiv:2406.04093, section A.3.
 */
export const learningRateOf = ({ config: { lr, dSae } }: TrainJob): number =>
  lr ?? 0.002 * Math.min(1, Math.sqrt(2048 / dSae));
