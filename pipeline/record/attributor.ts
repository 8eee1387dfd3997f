import type { CompiledBy, Engine, OutputsOf } from '../engine/program.ts';
import { roomFor } from '../engine/tensor-tree.ts';
import type { Model } from '../model/model.ts';
import { greatest } from '../numbers/extremes.ts';
import { type FloatTensor, float32, type IntTensor, int32 } from '../numbers/tensor.ts';
import { copyRow } from '../numbers/tensor-rows.ts';
import { encoderRowsOf } from '../sae/encoder-rows.ts';
import type { Sae } from '../sae/sae.ts';
import type { AttributionRows } from './attribution-log.ts';
import { attributionProgram } from './programs.ts';

export interface AttributedExample {
  readonly feature: number;
  /** Position in the context. */
  readonly position: number;
}

/**
 * Examples of one run of the program: the fewest that hold all that are left, else the most. What a block of 128
 * computes stays in the cache; late in a corpus a context has less than 8.
 */
const blockSizes = [8, 32, 128];
const mostTogether = greatest(blockSizes);

/** The program for one size of block, with room for its inputs and outputs that every run uses again. */
interface Block {
  readonly run: CompiledBy<typeof attributionProgram>;
  /** Columns of wEnc as rows [example, dIn]. */
  readonly encoder: FloatTensor;
  readonly positions: IntTensor;
  readonly outputs: OutputsOf<typeof attributionProgram>;
}

export interface AttributionSubject {
  readonly engine: Engine;
  readonly model: Model;
  readonly sae: Sae;
  /** Tokens of a context. */
  readonly length: number;
}

/** Computes DFA for any number of examples of a context, a block of fixed size at a time. */
export class Attributor {
  readonly #subject: AttributionSubject;
  readonly #heads: number;
  readonly #length: number;
  readonly #blocks = new Map<number, Block>();
  #encoder: FloatTensor | undefined;

  constructor(subject: AttributionSubject) {
    this.#subject = subject;
    this.#heads = subject.model.config.nHeads;
    this.#length = subject.length;
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
    if (examples.length === 0) return;
    this.#encoder ??= encoderRowsOf(this.#subject.sae);
    const rows = this.#encoder;
    for (let at = 0; at < examples.length; ) {
      const left = examples.length - at;
      const { run, encoder, positions, outputs } = await this.#block(
        blockSizes.find((size) => size >= left) ?? mostTogether,
      );
      const count = Math.min(left, positions.data.length);
      for (let i = 0; i < count; i++) {
        copyRow(rows, examples[at + i].feature, encoder, i);
        positions.data[i] = examples[at + i].position;
      }
      await run({ pattern, value, encoder, positions }, outputs);
      yield {
        bySource: outputs.bySource.data.subarray(0, count * this.#length),
        byHead: outputs.byHead.data.subarray(0, count * this.#heads),
        outputBias: outputs.outputBias.data.subarray(0, count),
      };
      at += count;
    }
  }

  /** Gives back what programs hold, and the encoder's rows; they are made again where they are needed. */
  async dispose(): Promise<void> {
    for (const { run } of this.#blocks.values()) await run.dispose();
    this.#blocks.clear();
    this.#encoder = undefined;
  }

  async #block(size: number): Promise<Block> {
    const { engine, model, sae } = this.#subject;
    const known = this.#blocks.get(size);
    if (known) return known;
    const program = attributionProgram(model, sae, this.#length, size);
    const run = await engine.compile(program);
    const encoder = float32([size, sae.dIn]);
    const block = { run, encoder, positions: int32([size]), outputs: roomFor(program.outputs) };
    this.#blocks.set(size, block);
    return block;
  }
}
