import { byteAlphabet } from './byte-alphabet.ts';

/** GPT-2's pre-tokenizer: contractions, then runs of letters, digits, other symbols and white space. */
const WORD = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** How often each pre-token occurs, pre-tokens written in the byte alphabet. */
export type WordCounts = Map<string, number>;

export interface ByteLevelBpe {
  /** Token texts in the byte alphabet; the index is the id. Bytes come first, then one token a merge. */
  readonly tokens: readonly string[];
  readonly merges: readonly (readonly [string, string])[];
}

interface Word {
  ids: number[];
  readonly count: number;
}

interface Pair {
  readonly left: number;
  readonly right: number;
  count: number;
  readonly words: Set<number>;
}

/** Adds `weight` to the count of every pre-token of a text. */
export function countWords(text: string, counts: WordCounts, weight = 1): void {
  const alphabet = byteAlphabet();
  const encoder = new TextEncoder();
  const raw = new Map<string, number>();
  for (const [word] of text.matchAll(WORD)) {
    raw.set(word, (raw.get(word) ?? 0) + weight);
  }
  for (const [word, count] of raw) {
    const key = Array.from(encoder.encode(word), (byte) => alphabet[byte]).join('');
    counts.set(key, (counts.get(key) ?? 0) + count);
  }
}

/**
 * Byte-pair encoding: the most frequent adjacent pair becomes a token, until there are `size` tokens or no pair
 * occurs twice. Ties go to the pair of lowest ids, so the result depends on the counts alone.
 * Source: Sennrich et al. 2016, arXiv:1508.07909; bytes as the alphabet: Radford et al. 2019.
 */
export function trainBpe(counts: WordCounts, size: number): ByteLevelBpe {
  const tokens = [...byteAlphabet()];
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const merges: [string, string][] = [];
  const words = [...counts].map(([text, count]): Word => ({ ids: [...text].map((c) => ids.get(c) ?? 0), count }));
  const pairs = new Map<number, Pair>();
  for (const [index, word] of words.entries()) addPairs(pairs, word, index, 1);
  while (tokens.length < size) {
    const best = mostFrequent(pairs);
    if (best === undefined || best.count < 2) break;
    const [left, right] = [tokens[best.left], tokens[best.right]];
    const id = tokens.push(left + right) - 1;
    merges.push([left, right]);
    mergeEverywhere(best, id, words, pairs);
  }
  return { tokens, merges };
}

const pairKey = (left: number, right: number) => left * 65536 + right;

function addPairs(pairs: Map<number, Pair>, word: Word, index: number, sign: 1 | -1): void {
  for (let i = 1; i < word.ids.length; i++) {
    const [left = 0, right = 0] = [word.ids[i - 1], word.ids[i]];
    const key = pairKey(left, right);
    const pair = pairs.get(key) ?? { left, right, count: 0, words: new Set() };
    pair.count += sign * word.count;
    if (sign === 1) pair.words.add(index);
    if (pair.count === 0) pairs.delete(key);
    else pairs.set(key, pair);
  }
}

function mostFrequent(pairs: Map<number, Pair>): Pair | undefined {
  let best: Pair | undefined;
  for (const pair of pairs.values()) {
    if (best === undefined || pair.count > best.count || (pair.count === best.count && isBefore(pair, best))) {
      best = pair;
    }
  }
  return best;
}

function isBefore(a: Pair, b: Pair): boolean {
  return pairKey(a.left, a.right) < pairKey(b.left, b.right);
}

function mergeEverywhere(pair: Pair, id: number, words: Word[], pairs: Map<number, Pair>): void {
  for (const index of [...pair.words]) {
    const word = words[index];
    if (word === undefined) continue;
    addPairs(pairs, word, index, -1);
    word.ids = mergeIn(word.ids, pair, id);
    addPairs(pairs, word, index, 1);
  }
}

function mergeIn(ids: readonly number[], { left, right }: Pair, id: number): number[] {
  const out: number[] = [];
  for (let i = 0; i < ids.length; i++) {
    const isPair = ids[i] === left && ids[i + 1] === right;
    out.push(isPair ? id : ids[i]);
    if (isPair) i++;
  }
  return out;
}
