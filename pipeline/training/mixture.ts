import { append } from '../numbers/append.ts';
import { pickOne, type Random, randomInteger, seededRandom } from '../numbers/seeded-random.ts';
import { type IntTensor, int32 } from '../numbers/tensor.ts';
import { repeatedTokens } from './sequences.ts';
import { tellStory } from './stories.ts';

export interface Source {
  readonly name: string;
  /** Its part of the training sequences; the shares of a mixture sum to 1. */
  readonly share: number;
  /** `length` tokens, the beginning-of-sequence token not among them. */
  draw(random: Random, length: number): ArrayLike<number>;
}

/** Of every HELD_OUT_EVERY blocks of BLOCK tokens, the last is kept out of training. */
const BLOCK = 1024;
const HELD_OUT_EVERY = 48;

const isHeldOut = (position: number) => Math.floor(position / BLOCK) % HELD_OUT_EVERY === HELD_OUT_EVERY - 1;

/** Pieces of joined documents that start anywhere, held-out blocks left out. */
export function textSource(name: string, share: number, stream: Int32Array): Source {
  return {
    name,
    share,
    draw(random, length) {
      const last = stream.length - length;
      if (last < 0) throw new RangeError(`${name} has ${stream.length} tokens, needs ${length}`);
      let start = randomInteger(random, 0, last);
      while (isHeldOut(start) || isHeldOut(start + length - 1)) start = randomInteger(random, 0, last);
      return stream.subarray(start, start + length);
    },
  };
}

/** The held-out pieces of a stream, at most `count`, spread over it. */
export function heldOutPieces(stream: Int32Array, length: number, count: number): Int32Array[] {
  const pieces: Int32Array[] = [];
  for (let start = (HELD_OUT_EVERY - 1) * BLOCK; start + BLOCK <= stream.length; start += HELD_OUT_EVERY * BLOCK) {
    for (let at = start; at + length <= start + BLOCK; at += length) pieces.push(stream.subarray(at, at + length));
  }
  const stride = Math.max(1, Math.floor(pieces.length / count));
  return pieces.filter((_, index) => index % stride === 0).slice(0, count);
}

export interface InductionOptions {
  readonly share: number;
  /** Token ids are below it. */
  readonly ids: number;
  /** The part of the sequences that are drawn from all ids; the others are from alphabets of all sizes. */
  readonly wholeVocabulary: number;
}

const SMALLEST_ALPHABET = 32;
/** Ids of single bytes come first; the tokens after them are the most frequent. */
const BYTES = 256;

/**
 * Repeated random tokens. Matching is learnt much sooner where few tokens are to be told apart, so that some sequences
 * keep to the most frequent tokens: as many as a log-uniform number says.
 */
export function inductionSource({ share, ids, wholeVocabulary }: InductionOptions): Source {
  const sizes = { shortest: 2, longest: 64, longestPrefix: 24 };
  return {
    name: 'repeated tokens',
    share,
    draw(random, length) {
      const isWhole = random() < wholeVocabulary;
      const count = SMALLEST_ALPHABET * Math.floor(((ids - BYTES) / SMALLEST_ALPHABET) ** random());
      const alphabet = isWhole ? { first: 0, count: ids } : { first: BYTES, count };
      return repeatedTokens(random, { ...sizes, length, alphabet });
    },
  };
}

/** Stories as documents, each closed by the end-of-text token, from a pool told once. */
export function storySource(share: number, encode: (text: string) => readonly number[], end: number): Source {
  const random = seededRandom(0x5709);
  const pool = Array.from({ length: 20000 }, () => [...encode(tellStory(random)), end]);
  return {
    name: 'stories',
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
