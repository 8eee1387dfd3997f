import type { CompiledBy, Engine } from '../engine/program.ts';
import { halfLosses, mean, repeatedHalves } from '../measures/studies/induction/maths/repeated-halves.ts';
import type { Prompt } from '../measures/studies/ioi/maths/dataset.ts';
import type { ModelConfig } from '../model/model.ts';
import { vocabularyOf } from '../model/vocabulary.ts';
import { append } from '../numbers/append.ts';
import { greatest } from '../numbers/extremes.ts';
import { type FloatTensor, type IntTensor, int32 } from '../numbers/tensor.ts';
import type { Measured } from './lm-curve.ts';
import { answerProgram, lmLosses } from './lm-programs.ts';

type LmWeights = Record<string, FloatTensor>;

/** Measures a model's weights. */
export type LmProbe = (weights: LmWeights) => Promise<Measured>;

/** Rows of tokens with the beginning-of-sequence token put first, as batches of [rows, length]. */
export function probeBatches(pieces: readonly Int32Array[], rows: number, bos: number): IntTensor[] {
  const batches: IntTensor[] = [];
  for (let start = 0; start + rows <= pieces.length; start += rows) {
    const data = pieces.slice(start, start + rows).map((piece) => [bos, ...piece]);
    batches.push(int32([rows, data[0].length], Int32Array.from(data.flat())));
  }
  return batches;
}

/** Pieces of `length` tokens, at most `count`, spread over a stream. */
export function spreadPieces(stream: Int32Array, length: number, count: number): Int32Array[] {
  const pieces = Math.min(count, Math.floor(stream.length / length));
  const stride = Math.floor((stream.length - length) / Math.max(1, pieces - 1));
  return Array.from({ length: pieces }, (_, i) => stream.subarray(i * stride, i * stride + length));
}

export interface ProbeOptions {
  readonly rows: number;
  readonly length: number;
  readonly bos: number;
  /** Batches of held-out text, each [rows, length]. */
  readonly heldOut: readonly IntTensor[];
  /** Prompts of indirect-object identification. */
  readonly prompts: readonly Prompt[];
}

/** A probe of repeated random tokens, of held-out text and of indirect-object identification. */
export async function lmProbe(engine: Engine, config: ModelConfig, options: ProbeOptions): Promise<LmProbe> {
  const { rows, length, bos, heldOut, prompts } = options;
  const repeated = repeatedHalves({ rows, length, bos, tokens: vocabularyOf({ config }), seed: 99 });
  const losses = await engine.compile(lmLosses(config, rows, length));
  const answers = prompts.length > 0 ? await openAnswers(engine, config, prompts) : undefined;
  return async (weights) => {
    const held: number[] = [];
    for (const batch of heldOut) append(held, await lossesOf(losses, batch, weights));
    const { first, second } = halfLosses(await lossesOf(losses, repeated, weights), length);
    const differences = (await answers?.(weights)) ?? [];
    const asked = differences.length > 0;
    return {
      repeats_first: first,
      repeats_second: second,
      held_out: held.length > 0 ? mean(held) : null,
      ioi_difference: asked ? mean(differences) : null,
      ioi_positive: asked ? differences.filter((difference) => difference > 0).length / differences.length : null,
    };
  };
}

async function lossesOf(run: CompiledBy<typeof lmLosses>, rows: IntTensor, weights: LmWeights): Promise<number[]> {
  const { losses } = await run({ rows, weights });
  return Array.from(losses.data);
}

/** The receiver's logit less the giver's, prompt by prompt. */
async function openAnswers(engine: Engine, config: ModelConfig, prompts: readonly Prompt[]) {
  const length = greatest(prompts.map(({ tokens }) => tokens.length));
  const run = await engine.compile(answerProgram(config, prompts.length, length));
  const rows = int32([prompts.length, length]);
  prompts.forEach(({ tokens }, row) => rows.data.set(tokens, row * length));
  const column = (of: (prompt: Prompt, row: number) => number) => int32([prompts.length], Int32Array.from(prompts, of));
  const fixed = {
    rows,
    ends: column(({ places }, row) => row * length + places.end),
    right: column(({ io }) => io),
    wrong: column(({ s }) => s),
  };
  return async (weights: LmWeights) => {
    const { difference } = await run({ ...fixed, weights });
    return Array.from(difference.data);
  };
}
