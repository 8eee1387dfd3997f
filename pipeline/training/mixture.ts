import { append } from '../numbers/append.ts';
import { pickOne, type Random, randomInteger, seededRandom } from '../numbers/seeded-random.ts';
import { type IntTensor, int32 } from '../numbers/tensor.ts';
import { nameSentences } from './name-sentences.ts';
import { repeatedSpan, repeatedTokens } from './repeats.ts';

export interface Source {
  readonly name: string;
  /** Its part of the training sequences; the shares of a mixture sum to 1. */
  readonly share: number;
  /** `length` tokens, the beginning-of-sequence token not among them. */
  draw(random: Random, length: number): ArrayLike<number>;
}

/** Pieces of joined documents that start anywhere. */
export function textSource(name: string, share: number, stream: Int32Array): Source {
  return { name, share, draw: (random, length) => pieceOf(name, stream, random, length) };
}

/** The same with a span of each piece said again. */
export function spanSource(name: string, share: number, stream: Int32Array): Source {
  return { name, share, draw: (random, length) => repeatedSpan(random, pieceOf(name, stream, random, length)) };
}

function pieceOf(name: string, stream: Int32Array, random: Random, length: number): Int32Array {
  const last = stream.length - length;
  if (last < 0) throw new RangeError(`${name} has ${stream.length} tokens, needs ${length}`);
  const start = randomInteger(random, 0, last);
  return stream.subarray(start, start + length);
}

/** Repeated random tokens of a pool. */
export function repeatSource(share: number, pool: Int32Array, longest: number): Source {
  const draw: Source['draw'] = (random, length) => repeatedTokens(random, { length, pool, shortest: 4, longest });
  return { name: 'repeated tokens', share, draw };
}

const SENTENCES = 30_000;

/** Sentences of two names as documents, each closed by the end-of-text token, from a pool made once. */
export function nameSource(share: number, encode: (text: string) => ArrayLike<number>, end: number): Source {
  const random = seededRandom(0x1001);
  const pool = Array.from({ length: SENTENCES }, () => [...Array.from(encode(nameSentences(random))), end]);
  return {
    name: 'names',
    share,
    draw(draw, length) {
      const tokens: number[] = [];
      while (tokens.length < length) append(tokens, pickOne(draw, pool));
      return tokens.slice(0, length);
    },
  };
}

function choose(random: Random, sources: readonly Source[]): Source {
  let left = random();
  for (const source of sources) {
    left -= source.share;
    if (left < 0) return source;
  }
  return pickOne(random, sources);
}

export interface BatchOptions {
  readonly seed: number;
  readonly rows: number;
  /** Tokens a row, the beginning-of-sequence token included. */
  readonly length: number;
  readonly bos: number;
}

/** The batch of one step: [rows, length], a pure function of the seed and the step. */
export function mixedBatch(
  sources: readonly Source[],
  step: number,
  { seed, rows, length, bos }: BatchOptions,
): IntTensor {
  const batch = new Int32Array(rows * length);
  for (let row = 0; row < rows; row++) {
    const random = seededRandom(seed, step, row);
    batch[row * length] = bos;
    batch.set(Array.from(choose(random, sources).draw(random, length - 1)), row * length + 1);
  }
  return int32([rows, length], batch);
}
