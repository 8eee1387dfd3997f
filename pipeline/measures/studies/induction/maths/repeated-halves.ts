import { randomInteger, seededRandom } from '../../../../numbers/seeded-random.ts';
import { type IntTensor, int32 } from '../../../../numbers/tensor.ts';

export interface RepeatedHalvesOptions {
  readonly rows: number;
  readonly length: number;
  readonly bos: number;
  /** What is drawn from; BOS is not drawn. */
  readonly tokens: Int32Array;
  readonly seed: number;
}

const halfOf = (length: number): number => Math.floor((length - 1) / 2);

/** [rows, length]: the beginning-of-sequence token, random tokens, then the same tokens again (and bos to fill up). */
export function repeatedHalves({ rows, length, bos, tokens: given, seed }: RepeatedHalvesOptions): IntTensor {
  const random = seededRandom(seed);
  const drawn = given.filter((token) => token !== bos);
  const data = Array.from({ length: rows }, () => {
    const tokens = Array.from({ length: halfOf(length) }, () => drawn[randomInteger(random, 0, drawn.length - 1)]);
    return [bos, ...tokens, ...tokens, ...Array<number>(length - 1 - 2 * tokens.length).fill(bos)];
  });
  return int32([rows, length], Int32Array.from(data.flat()));
}

export interface HalfLosses {
  /** Mean loss on the first occurrences, in nats. */
  readonly first: number;
  /** Mean loss on the repeats, in nats; the first repeat, which nothing foretells, is left out. */
  readonly second: number;
}

/** Mean losses of the two halves; losses [rows, length − 1] of `repeatedHalves`, in nats. */
export function halfLosses(losses: readonly number[], length: number): HalfLosses {
  const half = halfOf(length);
  const at = (i: number) => i % (length - 1);
  const first = losses.filter((_, i) => at(i) < half);
  const second = losses.filter((_, i) => at(i) > half && at(i) < 2 * half);
  return { first: mean(first), second: mean(second) };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
