import type { Engine, Executable } from '../engine/program.ts';
import { type FloatTensor, float32, type IntTensor, int32 } from '../numbers/tensor.ts';
import type { Sae } from '../sae/sae.ts';
import { attributionProgram } from './programs.ts';

export interface AttributedExample {
  readonly feature: number;
  /** Position in the context. */
  readonly position: number;
}

/** Attributions of some examples of one context, side by side. */
export interface AttributionRows {
  /** [example, length] */
  readonly bySource: Float32Array;
  /** [example, head] */
  readonly byHead: Float32Array;
}

/**
 * Examples of one run of the program: the fewest that hold all that are left, else the most. What a block of 128
 * computes stays in the cache, and each size has its own copy of the encoder.
 */
const blockSizes = [32, 128] as const;

/** The program for one size of block, with room for its inputs and outputs that every run uses again. */
interface Block {
  readonly executable: Executable;
  readonly features: IntTensor;
  readonly positions: IntTensor;
  readonly bySource: FloatTensor;
  readonly byHead: FloatTensor;
}

/** Computes DFA for any number of examples of a context, a block of fixed size at a time. */
export class Attributor {
  readonly #engine: Engine;
  readonly #sae: Sae;
  readonly #heads: number;
  readonly #length: number;
  readonly #blocks = new Map<number, Block>();

  constructor(engine: Engine, sae: Sae, heads: number, length: number) {
    this.#engine = engine;
    this.#sae = sae;
    this.#heads = heads;
    this.#length = length;
  }

  /**
   * Attributions of the examples in their order, some at a time; what was given is overwritten by the next.
   * pattern [head, t, s] and value [head, s, dHead] of the context.
   */
  async *attribute(
    pattern: FloatTensor,
    value: FloatTensor,
    examples: readonly AttributedExample[],
  ): AsyncGenerator<AttributionRows> {
    for (let at = 0; at < examples.length; ) {
      const left = examples.length - at;
      const { executable, features, positions, bySource, byHead } = await this.#block(
        blockSizes.find((size) => size >= left) ?? blockSizes[1],
      );
      const count = Math.min(left, features.data.length);
      for (let i = 0; i < count; i++) {
        features.data[i] = examples[at + i]?.feature ?? 0;
        positions.data[i] = examples[at + i]?.position ?? 0;
      }
      await executable.run({ pattern, value, features, positions }, { bySource, byHead });
      yield {
        bySource: bySource.data.subarray(0, count * this.#length),
        byHead: byHead.data.subarray(0, count * this.#heads),
      };
      at += count;
    }
  }

  async dispose(): Promise<void> {
    for (const { executable } of this.#blocks.values()) await executable.dispose();
  }

  async #block(size: number): Promise<Block> {
    const block = this.#blocks.get(size) ?? {
      executable: await this.#engine.compile(attributionProgram(this.#sae, this.#heads, this.#length, size)),
      features: int32([size]),
      positions: int32([size]),
      bySource: float32([size, this.#length]),
      byHead: float32([size, this.#heads]),
    };
    this.#blocks.set(size, block);
    return block;
  }
}
