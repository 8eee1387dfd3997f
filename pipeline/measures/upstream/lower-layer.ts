import { type ActiveFeatures, activeFeatures } from '../../attribution/recursion/active-features.ts';
import { type FloatTensor, float32, type IntTensor, int32 } from '../../numbers/tensor.ts';
import { copyRow } from '../../numbers/tensor-rows.ts';
import type { Sae } from '../../sae/sae.ts';
import { FeatureSums } from './feature-sums.ts';

/** Active features of one run of a program. */
export const rowBlock = 1024;

/** Of a block of active features what programs take of each beside its row. */
export interface RowBlock {
  readonly sources: IntTensor;
  readonly activations: FloatTensor;
}

/** The active features of a lower layer in one context, in blocks of rows. */
export class LowerLayer {
  readonly sae: Sae;
  readonly sums: FeatureSums;
  #active: ActiveFeatures = { features: new Int32Array(), sources: new Int32Array(), values: new Float32Array() };
  #blocks: RowBlock[] = [];

  constructor(sae: Sae) {
    this.sae = sae;
    this.sums = new FeatureSums(sae.dSae);
  }

  get active(): ActiveFeatures {
    return this.#active;
  }

  /** Takes what is active in a context, f [position, dSae], up to a position. */
  enter(f: FloatTensor, last: number): void {
    const { dSae } = this.sae;
    this.#active = activeFeatures(f.data.subarray(0, (last + 1) * dSae), dSae);
    this.sums.enter(this.#active);
    const { features, sources, values } = this.#active;
    this.#blocks = Array.from({ length: Math.ceil(features.length / rowBlock) }, (_, i) => {
      const block = { sources: int32([rowBlock]), activations: float32([rowBlock]) };
      const [start, end] = [i * rowBlock, (i + 1) * rowBlock];
      // Rows past the last may be another context's; an activation of 0 makes them nothing.
      block.sources.data.set(sources.subarray(start, end));
      block.activations.data.set(values.subarray(start, end));
      return block;
    });
  }

  /** The blocks that hold active features up to a position; at least the first, where there is one. */
  blocksUpTo(last: number): readonly RowBlock[] {
    return this.#blocks.filter((_, i) => i === 0 || this.#active.sources[i * rowBlock] <= last);
  }

  /** A block's decoder rows, [row, dIn]. */
  decoderRows(block: number, into = float32([rowBlock, this.sae.dIn])): FloatTensor {
    const features = this.#active.features.subarray(block * rowBlock, (block + 1) * rowBlock);
    features.forEach((feature, row) => {
      copyRow(this.sae.wDec, feature, into, row);
    });
    return into;
  }
}
