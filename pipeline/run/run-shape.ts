import type { RunConfig } from '../commands/run.ts';
import type { ModelConfig } from '../model/model.ts';
import { layerShapes } from '../model/tensors.ts';
import { greatest } from '../numbers/extremes.ts';
import { sizeOf } from '../numbers/tensor.ts';
import type { Budget } from '../record/budget.ts';
import type { Sae } from '../sae/sae.ts';

/** What a run's needs follow from. */
export interface RunShape {
  readonly config: ModelConfig;
  readonly saes: readonly Pick<Sae, 'dIn' | 'dSae' | 'layer'>[];
  readonly contexts: number;
  /** Tokens of a context. */
  readonly length: number;
  /**
   * Contexts of a forward pass over the corpus, and of one of the quality measurement with the SAEs that it takes together
   * and the predictions that are unembedded at a time.
   */
  readonly batch: number;
  readonly quality: { readonly batch: number; readonly saes: number; readonly predictions: number };
  readonly settings: Pick<
    RunConfig,
    | 'examples'
    | 'qualityTokens'
    | 'familyExamples'
    | 'upstreamExamples'
    | 'mapNeighbours'
    | 'neighbours'
    | 'wiring'
    | 'circuitTokens'
    | 'studies'
  >;
  /** Threads that have an engine each, of the corpus pass and of the measures. */
  readonly lanes: { readonly recording: number; readonly measuring: number };
  /** Where forward tokens are limited. */
  readonly budget?: Budget | undefined;
}

export const bytesPerNumber = 4;
/** Active features of a token, where nothing is known of them yet. */
export const assumedL0 = 32;

export const featuresOf = ({ saes }: RunShape) => saes.reduce((sum, { dSae }) => sum + dSae, 0);
export const lastLayer = ({ saes }: RunShape) => greatest(saes.map(({ layer }) => layer));

/** Weights of some first layers' maps, which programs hold prepared for their products. */
export function layerBytes({ config }: RunShape, layers: number): number {
  let numbers = 0;
  for (let layer = 0; layer < layers; layer++) {
    for (const dims of Object.values(layerShapes(config, layer))) numbers += sizeOf(dims);
  }
  return bytesPerNumber * numbers;
}
