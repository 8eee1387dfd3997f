import type { TrainConfig } from '../../commands/train.ts';
import type { Effects } from '../../effects.ts';
import type { Engine } from '../../engine/program.ts';
import type { Tokenizer } from '../../files/tokenizer/load-tokenizer.ts';
import type { Model } from '../../model/model.ts';
import { siteWidth } from './activations.ts';
import type { SaeShape } from './shape.ts';

/** One training of SAEs. */
export interface TrainJob {
  readonly config: TrainConfig;
  readonly layers: readonly number[];
  readonly context: number;
  readonly engine: Engine;
  readonly model: Model;
  readonly tokenizer: Tokenizer;
  /** The folder of checkpoints, and the least time between two. */
  readonly checkpoints: string;
  readonly checkpointMs: number;
  readonly effects: Effects;
}

export function shapeOf({ config: { site, dSae, batchTokens }, model }: TrainJob): SaeShape {
  return { dIn: siteWidth(model, site), dSae, batch: batchTokens };
}

export const stepsOf = ({ config: { tokens, batchTokens } }: TrainJob): number =>
  Math.max(1, Math.floor(tokens / batchTokens));

/** Ends of the nested prefixes of features: the last is dSae, and the only one unless Matryoshka. */
export function prefixesOf({ config: { matryoshka = [], dSae } }: TrainJob): number[] {
  return [...matryoshka.filter((size) => size < dSae), dSae];
}
