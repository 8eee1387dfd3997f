import { documents } from '../files/text/corpora.ts';
import type { Tokenizer } from '../files/tokenizer/load-tokenizer.ts';
import { hash } from '../numbers/hash.ts';

/** Documents one after the other, each closed by the end-of-text token. */
export interface Streams {
  /** What is trained on. */
  readonly train: Int32Array;
  /** Documents kept out of it. */
  readonly heldOut: Int32Array;
}

/** One document in so many is held out. */
const HELD_OUT_EVERY = 20;
/** Of a document, so much says whether it is held out, wherever it is read from. */
const BEGINNING = 100;

/** Tokens of a corpus, some whole documents of it held out. */
export async function tokenStreams(paths: readonly string[], tokenizer: Tokenizer): Promise<Streams> {
  const parts: Record<keyof Streams, Int32Array[]> = { train: [], heldOut: [] };
  let to = parts.train;
  let isNew = true;
  for await (const { text, continues = false } of documents(paths)) {
    if (isNew) to = isHeldOut(text) ? parts.heldOut : parts.train;
    to.push(tokenizer.encode(text));
    if (!continues) to.push(Int32Array.of(tokenizer.eosTokenId));
    isNew = !continues;
  }
  return { train: joined(parts.train), heldOut: joined(parts.heldOut) };
}

function isHeldOut(text: string): boolean {
  const codes = Array.from(text.trim().slice(0, BEGINNING), (letter) => letter.codePointAt(0) ?? 0);
  // biome-ignore lint/plugin: a hundred letters
  return hash(0, ...codes) % HELD_OUT_EVERY === 0;
}

function joined(parts: readonly Int32Array[]): Int32Array {
  const stream = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    stream.set(part, at);
    at += part.length;
  }
  return stream;
}
