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

/** Makes what programs give of some rows, in `into` where there is room already. */
export type RowsOf = (rows: FloatTensor, into: FloatTensor | undefined) => Promise<FloatTensor>;

/**
 * The active features of a lower layer in one context, in blocks of rows. The memory of rows is used again by the next
 * context: fresh megabytes each time cost more than the products.
 */
export class LowerLayer {
  readonly sae: Sae;
  readonly sums: FeatureSums;
  #active: ActiveFeatures = { features: new Int32Array(), sources: new Int32Array(), values: new Float32Array() };
  #blocks: RowBlock[] = [];
  readonly #decoder = new FilledBlocks();
  readonly #values = new FilledBlocks();
  #contributions = new Float32Array();

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
    this.#decoder.clear();
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

  /** Decoder rows of some first blocks: [row, dIn] each. */
  decoderRows(blocks: number): Promise<readonly FloatTensor[]> {
    return this.#decoder.upTo(blocks, async (i, into) => this.#decoderRows(i, into));
  }

  /**
   * What a layer's heads take into their values of what some first blocks write, [head, row, dHead] each, anew: `write` gives
   * what decoder rows write to the residual stream, [row, dModel], and `take` what the heads take of it. What is written is not
   * kept: of a dozen wide SAEs it would be half a gigabyte.
   */
  values(blocks: number, write: RowsOf, take: RowsOf): Promise<readonly FloatTensor[]> {
    const decoder = float32([rowBlock, this.sae.dIn]);
    let written: FloatTensor | undefined;
    this.#values.clear();
    return this.#values.upTo(blocks, async (i, into) => {
      written = await write(this.#decoderRows(i, decoder), written);
      return take(written, into);
    });
  }

  /** Room for contributions of some blocks to some targets, used again. */
  contributions(blocks: number, targets: number): Float32Array {
    const size = blocks * targets * rowBlock;
    if (this.#contributions.length < size) this.#contributions = new Float32Array(size);
    return this.#contributions;
  }

  #decoderRows(block: number, into = float32([rowBlock, this.sae.dIn])): FloatTensor {
    const features = this.#active.features.subarray(block * rowBlock, (block + 1) * rowBlock);
    features.forEach((feature, row) => {
      copyRow(this.sae.wDec, feature, into, row);
    });
    return into;
  }
}

/** Blocks of rows that are made when they are first asked for. */
class FilledBlocks {
  readonly #rooms: FloatTensor[] = [];
  #filled = 0;

  /** Keeps the memory alone. */
  clear(): void {
    this.#filled = 0;
  }

  async upTo(
    count: number,
    make: (block: number, into: FloatTensor | undefined) => Promise<FloatTensor>,
  ): Promise<readonly FloatTensor[]> {
    for (; this.#filled < count; this.#filled++) {
      this.#rooms[this.#filled] = await make(this.#filled, this.#rooms.at(this.#filled));
    }
    return this.#rooms.slice(0, count);
  }
}
