import { fetchFile, fetchUnzipped } from '../fetch/fetch-file.ts';
import { decodePlanes } from './byte-planes.ts';
import { createSearch, type Search } from './filter.ts';
import { type ColumnName, isTokenRole, type Part, type SearchManifest, searchFiles, tokenRoles } from './format.ts';
import { createNameStore, type NameListener, type NameStore } from './names/name-store.ts';
import { createOnce } from './once.ts';
import { hasWords, type SearchQuery } from './query.ts';
import type { RowFile } from './row-file.ts';
import { createWordIndex } from './words/word-index.ts';

/** A run's features in the browser; what a query reads and what results show is loaded when it is wanted. */
export interface SearchIndex {
  readonly manifest: SearchManifest;
  readonly search: Search;
  /** What features are called. */
  readonly names: NameStore;
  /** Display texts by place; empty until they are loaded. */
  readonly vocabulary: readonly string[];
  /** Loads what a query reads, and columns besides; calls back when all of an SAE's has come. */
  load(query: SearchQuery, also?: readonly ColumnName[], onSae?: () => void): Promise<void>;
  /** Loads what results show of some rows; calls back when a file of them has come. */
  loadRows(rows: Iterable<number>, onFile?: () => void): Promise<void>;
  /** Loads some parts, and the vocabulary where they are tokens. */
  loadParts(parts: readonly Part[]): Promise<void>;
  /** The file of rows that a row is in, once loaded, and the row's place there. */
  rowFile(row: number): { readonly file: RowFile; readonly place: number } | undefined;
}

/** Opens the index in its folder. Throws Error naming the file that did not come. */
export async function loadIndex(folder: string, listener?: NameListener): Promise<SearchIndex> {
  const response = await fetchFile(`${folder}${searchFiles.manifest}`);
  const manifest: SearchManifest = await response.json();
  const search = createSearch(manifest);
  const rowFiles = new Map<string, RowFile>();
  const once = createOnce();
  const words = createWordIndex(folder);
  search.addWords(words.rank);
  let vocabulary: readonly string[] = [];

  const loadVocabulary = () =>
    once(searchFiles.vocabulary, async () => {
      const json = await fetchUnzipped(`${folder}${searchFiles.vocabulary}`);
      const texts: readonly string[] = JSON.parse(new TextDecoder().decode(json));
      vocabulary = texts;
      search.addVocabulary(texts);
    });

  const loadPart = (part: Part) =>
    once(searchFiles.part(part), async () => {
      const bytes = await fetchUnzipped(`${folder}${searchFiles.part(part)}`);
      search.add(part, decodePlanes(bytes, isTokenRole(part.name) ? manifest.tokenBytes : 2));
    });

  async function loadParts(parts: readonly Part[]): Promise<void> {
    const texts = parts.some(({ name }) => isTokenRole(name)) ? [loadVocabulary()] : [];
    await Promise.all([...texts, ...parts.map(loadPart)]);
  }

  const loadRowFile = (name: string) =>
    once(name, async () => {
      const [{ decodeRowFile }, bytes] = await Promise.all([
        import('./decode-row-file.ts'),
        fetchUnzipped(`${folder}${name}`),
      ]);
      rowFiles.set(name, decodeRowFile(bytes));
    });

  function fileOf(row: number): { readonly name: string; readonly place: number } {
    const { sae, feature } = search.place(row);
    const file = Math.floor(feature / manifest.rowsPerFile);
    return { name: searchFiles.rows(sae, file), place: feature % manifest.rowsPerFile };
  }

  return {
    manifest,
    search,
    names: createNameStore(folder, listener),
    get vocabulary() {
      return vocabulary;
    },
    async load(query, also = [], onSae = () => {}) {
      // A token that is looked for is a text before it is a place.
      await Promise.all([
        tokenRoles.some((role) => query[role] !== '') && loadVocabulary(),
        hasWords(query) && words.load(query.words),
      ]);
      const bySae = Map.groupBy(search.missing(query, also), ({ sae }) => sae);
      await Promise.all([...bySae.values()].map((parts) => loadParts(parts).then(onSae)));
    },
    async loadRows(rows, onFile = () => {}) {
      const names = new Set(Array.from(rows, (row) => fileOf(row).name).filter((name) => !rowFiles.has(name)));
      await Promise.all([loadVocabulary().then(onFile), ...[...names].map((name) => loadRowFile(name).then(onFile))]);
    },
    loadParts,
    rowFile(row) {
      const { name, place } = fileOf(row);
      const file = rowFiles.get(name);
      return file && { file, place };
    },
  };
}
