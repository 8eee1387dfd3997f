import { remembered } from '../remembered.ts';
import { decodeLeaf, type Postings, type WordManifest } from './postings.ts';
import { rankWords, type WordFound } from './rank-words.ts';
import { LEAST_PREFIX, wordsOf } from './words-of.ts';

/** How well each row matches words, 0 where not at all; undefined while that is not known. */
export type WordRank = (words: string) => Uint16Array | undefined;

/** The words of a run's labels and summaries, as far as their leaves have come. */
export interface OpenWordIndex {
  /** The leaves that a query reads. */
  leaves(words: string): Set<number>;
  add(leaf: number, bytes: Uint8Array): void;
  readonly rank: WordRank;
}

/** What begins with a word is looked for in so many leaves at most; in more, the word alone is. */
const MOST_LEAVES = 4;

/** The leaves that may hold a word and what begins with it, `from` to `to`, or the word alone. */
export function leavesFor(word: string, first: readonly string[]): { from: number; to: number; isWhole: boolean } {
  const from = Math.max(
    0,
    first.findLastIndex((each) => each <= word),
  );
  const to = first.findLastIndex((each) => each < `${word}\uffff`);
  const isWhole = word.length < LEAST_PREFIX || to - from >= MOST_LEAVES;
  return { from, to: isWhole ? Math.min(from, to) : to, isWhole };
}

export function openWordIndex(manifest: WordManifest): OpenWordIndex {
  const leaves = new Map<number, readonly Postings[]>();

  function find(word: string): WordFound | undefined {
    const { from, to, isWhole } = leavesFor(word, manifest.first);
    const read = Array.from({ length: to - from + 1 }, (_, i) => leaves.get(from + i));
    if (!read.every((own) => own !== undefined)) return undefined;
    const all = read.flat().filter((postings) => postings.word.startsWith(word));
    const exact = all.find((postings) => postings.word === word);
    return { exact, beginning: isWhole ? [] : all.filter((postings) => postings !== exact) };
  }

  return {
    leaves(words) {
      const wanted = new Set<number>();
      for (const word of wordsOf(words)) {
        const { from, to } = leavesFor(word, manifest.first);
        for (let leaf = from; leaf <= to; leaf++) wanted.add(leaf);
      }
      return wanted;
    },
    add(leaf, bytes) {
      leaves.set(leaf, decodeLeaf(bytes));
    },
    rank: remembered((words) => {
      const found = wordsOf(words).map(find);
      return found.every((each) => each !== undefined) ? rankWords(found, manifest) : undefined;
    }),
  };
}
