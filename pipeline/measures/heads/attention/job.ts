import type { Engine } from '../../../engine/program.ts';
import type { Model } from '../../../model/model.ts';
import type { Sample } from '../../../record/sample.ts';

export interface HeadAttentionJob {
  readonly engine: Engine;
  readonly model: Model;
  readonly layers: readonly number[];
  /** Contexts of text. */
  readonly sample: Sample;
  readonly seed: number;
}

/** A head's attention scores by name, and beside each what a head would score that attends evenly to every source. */
export type HeadAttention = (layer: number, head: number) => ReadonlyMap<string, number>;
