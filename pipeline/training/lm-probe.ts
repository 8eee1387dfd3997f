import type { ModelConfig } from '../core/model.ts';
import { type FloatTensor, type IntTensor, int32 } from '../core/tensor.ts';
import type { Engine } from '../engine/program.ts';
import { lmLosses } from './lm-step.ts';
import { randomInteger, seededRandom } from './random.ts';

/** Measures a model's weights; the answer is a piece of a log line. */
export type LmProbe = (weights: Record<string, FloatTensor>) => Promise<string>;

export interface ProbeSets {
  /** Rows of held-out text by name, each row `length` tokens with the beginning-of-sequence token first. */
  readonly heldOut: Readonly<Record<string, readonly IntTensor[]>>;
  /** Batches of repeated random tokens. */
  readonly repeated: readonly IntTensor[];
}

/** [rows, length]: the beginning-of-sequence token, then random tokens, then the same tokens again. */
export function repeatedHalves(options: {
  rows: number;
  length: number;
  bos: number;
  ids: number;
  seed: number;
}): IntTensor {
  const { rows, length, bos, ids, seed } = options;
  const random = seededRandom(seed);
  const half = Math.floor((length - 1) / 2);
  const data = Array.from({ length: rows }, () => {
    const tokens = Array.from({ length: half }, () => randomInteger(random, 0, ids - 1));
    return [bos, ...tokens, ...tokens, ...Array<number>(length - 1 - 2 * half).fill(bos)];
  });
  return int32([rows, length], Int32Array.from(data.flat()));
}

/** Rows of tokens with the beginning-of-sequence token put first, as batches of [rows, length]. */
export function probeBatches(pieces: readonly Int32Array[], rows: number, bos: number): IntTensor[] {
  const batches: IntTensor[] = [];
  for (let start = 0; start + rows <= pieces.length; start += rows) {
    const data = pieces.slice(start, start + rows).map((piece) => [bos, ...piece]);
    batches.push(int32([rows, data[0]?.length ?? 0], Int32Array.from(data.flat())));
  }
  return batches;
}

/** A probe of held-out loss and of the induction gap: nats lost on the first half less those on the second. */
export async function lmProbe(engine: Engine, config: ModelConfig, sets: ProbeSets): Promise<LmProbe> {
  const [rows = 1, length = 1] = sets.repeated[0]?.shape ?? [];
  const executable = await engine.compile(lmLosses(config, rows, length));
  return async (weights) => {
    const lossesOf = async (batch: IntTensor) => (await executable.run({ rows: batch, ...weights })).losses?.data ?? [];
    const parts: string[] = [];
    for (const [name, batches] of Object.entries(sets.heldOut)) {
      const losses = await Promise.all(batches.map(lossesOf));
      parts.push(`${name} ${mean(losses.flatMap((part) => [...part])).toFixed(3)}`);
    }
    const gaps = (await Promise.all(sets.repeated.map(lossesOf))).map((losses) => inductionGap([...losses], length));
    return `${parts.join('  ')}  induction gap ${mean(gaps).toFixed(2)}`;
  };
}

/**
 * Mean loss on the first half less that on the second, in nats; losses [rows, length − 1] of `repeatedHalves`.
 * The second half's first token cannot be known, so that it is left out.
 */
export function inductionGap(losses: readonly number[], length: number): number {
  const half = Math.floor((length - 1) / 2);
  const at = (i: number) => i % (length - 1);
  const first = losses.filter((_, i) => at(i) < half);
  const second = losses.filter((_, i) => at(i) > half && at(i) < 2 * half);
  return mean(first) - mean(second);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
