import type { Sae } from '../core/sae.ts';
import { type FloatTensor, int32 } from '../core/tensor.ts';
import type { Engine, Executable } from '../engine/program.ts';
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

/** Computes DFA for any number of examples of a context, a block of fixed size at a time. */
export class Attributor {
  readonly #engine: Engine;
  readonly #sae: Sae;
  readonly #heads: number;
  readonly #length: number;
  readonly #compiled = new Map<number, Executable>();

  constructor(engine: Engine, sae: Sae, heads: number, length: number) {
    this.#engine = engine;
    this.#sae = sae;
    this.#heads = heads;
    this.#length = length;
  }

  /** pattern [head, t, s] and value [head, s, dHead] of the context. */
  async attribute(
    pattern: FloatTensor,
    value: FloatTensor,
    examples: readonly AttributedExample[],
  ): Promise<AttributionRows> {
    const bySource = new Float32Array(examples.length * this.#length);
    const byHead = new Float32Array(examples.length * this.#heads);
    for (let at = 0; at < examples.length; ) {
      const left = examples.length - at;
      const size = blockSizes.find((block) => block >= left) ?? blockSizes[1];
      const block = examples.slice(at, at + size);
      const outputs = await (await this.#program(size)).run({
        pattern,
        value,
        features: column(block, size, (example) => example.feature),
        positions: column(block, size, (example) => example.position),
      });
      copyRows(outputs.bySource?.data, bySource, at * this.#length, block.length * this.#length);
      copyRows(outputs.byHead?.data, byHead, at * this.#heads, block.length * this.#heads);
      at += block.length;
    }
    return { bySource, byHead };
  }

  async dispose(): Promise<void> {
    for (const executable of this.#compiled.values()) await executable.dispose();
  }

  async #program(size: number): Promise<Executable> {
    const compiled =
      this.#compiled.get(size) ??
      (await this.#engine.compile(attributionProgram(this.#sae, this.#heads, this.#length, size)));
    this.#compiled.set(size, compiled);
    return compiled;
  }
}

function column(block: readonly AttributedExample[], size: number, pick: (example: AttributedExample) => number) {
  return int32(
    [size],
    Int32Array.from({ length: size }, (_, i) => (block[i] ? pick(block[i]) : 0)),
  );
}

function copyRows(from: ArrayLike<number> | undefined, to: Float32Array, at: number, count: number): void {
  if (!(from instanceof Float32Array)) throw new Error('attribution gave no float32 rows');
  to.set(from.subarray(0, count), at);
}
