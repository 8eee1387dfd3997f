import { fetchUnzipped } from '../../fetch/fetch-file.ts';
import { searchFiles } from '../format.ts';
import { createOnce } from '../once.ts';
import { type OpenWordIndex, openWordIndex, type WordRank } from './open-word-index.ts';

/** The words of a run's labels and summaries in the browser; of the index comes what a query reads. */
export interface WordIndex {
  /** Throws Error naming the file that did not come. */
  load(words: string): Promise<void>;
  readonly rank: WordRank;
}

export function createWordIndex(folder: string): WordIndex {
  const once = createOnce();
  let index: OpenWordIndex | undefined;

  const loadManifest = () =>
    once(searchFiles.words, async () => {
      index = openWordIndex(JSON.parse(new TextDecoder().decode(await fetchUnzipped(folder + searchFiles.words))));
    });

  const loadLeaf = (leaf: number) =>
    once(searchFiles.wordLeaf(leaf), async () =>
      index?.add(leaf, await fetchUnzipped(folder + searchFiles.wordLeaf(leaf))),
    );

  return {
    async load(words) {
      await loadManifest();
      await Promise.all([...(index?.leaves(words) ?? [])].map(loadLeaf));
    },
    rank: (words) => index?.rank(words),
  };
}
