import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { VocabularyRow } from '../../pipeline/record/table.ts';
import type { FeatureIndexRow } from '../../pipeline/tables/feature-index.ts';
import type { FeatureNameRow } from '../../pipeline/tables/feature-names.ts';
import type { FeatureName } from '../page-kit/feature-name.ts';
import { nameOfRow } from '../page-kit/name-of-row.ts';
import { encodePlanes } from './byte-planes.ts';
import { encodeRowFile } from './encode-row-file.ts';
import { columnNames, effectNames, type SearchManifest, searchFiles, TOKENS_PER_ROLE, tokenRoles } from './format.ts';
import { encodeNames, NAMES_PER_GROUP } from './names/name-group.ts';
import { type RowFile, TOKENS_SHOWN } from './row-file.ts';
import { type SaeColumns, saeColumns } from './sae-columns.ts';
import { byFrequency } from './vocabulary.ts';
import { createWordIndexBuilder, type WordFiles } from './words/word-index-builder.ts';
import { writeZipped, zip } from './write-zipped.ts';

/** A page of results is of up to 50 files of rows; a site of 300,000 features has 576 of them. */
const LEAST_ROWS_PER_FILE = 512;
const MOST_ROW_FILES = 600;

/** What of a run's tables the index is made of. */
export interface IndexedRun {
  saes(): Promise<readonly { readonly sae: string; readonly layer: number }[]>;
  featureIndexRows(sae: string): Promise<readonly FeatureIndexRow[]>;
  vocabulary(): Promise<readonly VocabularyRow[]>;
  featureNames(wanted: ReadonlyMap<string, undefined>): Promise<readonly FeatureNameRow[]>;
}

/**
 * Writes what the search page loads into `folder`: index.json (SearchManifest); by SAE a file a column and role, and
 * files of rows as results show them, and names in groups; vocabulary.bin (display texts, the most frequent first); and
 * an index of the words of labels and summaries. All but the first are zipped, so that they are small on any host.
 */
export async function writeSearchIndex(run: IndexedRun, folder: string): Promise<SearchManifest> {
  const { families, columns } = await readColumns(run);
  const vocabulary = await run.vocabulary();
  const { texts, places } = byFrequency(
    vocabulary,
    columns.flatMap((own) => tokenRoles.map((role) => own.tokens[role])),
  );
  const manifest: SearchManifest = {
    saes: columns.map(({ sae, layer, features }) => ({ sae, layer, features })),
    families,
    tokenBytes: texts.length <= 2 ** 16 ? 2 : 3,
    rowsPerFile: rowsPerFile(columns.reduce((sum, { features }) => sum + features, 0)),
  };
  const words = createWordIndexBuilder();
  const groupBytes: Record<string, readonly number[]> = {};
  let start = 0;
  for (const own of columns) {
    const first = start;
    await writeSae(folder, manifest, withPlaces(own, places));
    groupBytes[own.sae] = await writeNames(run, folder, own, (row) => words.add(first + row.feature, row));
    start += own.features;
  }
  await writeWords(folder, words.finish(start));
  await writeZipped(join(folder, searchFiles.nameSizes), Buffer.from(JSON.stringify({ groupBytes })));
  await writeZipped(join(folder, searchFiles.vocabulary), Buffer.from(JSON.stringify(texts)));
  await writeFile(join(folder, searchFiles.manifest), JSON.stringify(manifest));
  return manifest;
}

async function readColumns(run: IndexedRun): Promise<{ families: string[]; columns: SaeColumns[] }> {
  const columns: SaeColumns[] = [];
  const families: string[] = [];
  for (const { sae, layer } of await run.saes()) {
    const rows = await run.featureIndexRows(sae);
    for (const { family } of rows) if (family !== null && !families.includes(family)) families.push(family);
    columns.push(saeColumns({ sae, layer }, rows, families));
  }
  return sortFamilies(families, columns);
}

/** Families by name, and the columns that hold their places in that order. */
function sortFamilies(found: readonly string[], columns: readonly SaeColumns[]) {
  const families = found.toSorted();
  const code = Uint16Array.from([0, ...found.map((family) => families.indexOf(family) + 1)]);
  const renamed = columns.map((own) => ({
    ...own,
    numbers: { ...own.numbers, family: own.numbers.family.map((place) => code[place]) },
  }));
  return { families, columns: renamed };
}

function withPlaces(own: SaeColumns, places: ReadonlyMap<number, number>): SaeColumns {
  const placed = (ids: Uint32Array) => ids.map((id) => places.get(id) ?? 0);
  const { promoted, suppressed, activating } = own.tokens;
  const tokens = { promoted: placed(promoted), suppressed: placed(suppressed), activating: placed(activating) };
  return { ...own, tokens };
}

function rowsPerFile(features: number): number {
  let rows = LEAST_ROWS_PER_FILE;
  while (features / rows > MOST_ROW_FILES) rows *= 2;
  return rows;
}

async function writeSae(folder: string, { tokenBytes, rowsPerFile }: SearchManifest, own: SaeColumns): Promise<void> {
  const { sae, features, numbers, tokens } = own;
  const write = (path: string, bytes: Uint8Array) => writeZipped(join(folder, path), bytes);
  const files = columnNames.map((name) => write(searchFiles.part({ sae, name }), encodePlanes(numbers[name], 2)));
  for (const role of tokenRoles) {
    files.push(write(searchFiles.part({ sae, name: role }), encodePlanes(tokens[role], tokenBytes)));
  }
  for (const name of effectNames) {
    files.push(write(searchFiles.part({ sae, name }), encodePlanes(own.effects[name], 2)));
  }
  for (let from = 0; from < features; from += rowsPerFile) {
    const rows = rowFile(own, from, Math.min(features, from + rowsPerFile));
    files.push(write(searchFiles.rows(sae, from / rowsPerFile), encodeRowFile(rows)));
  }
  await Promise.all(files);
}

/** Names in groups that are zipped apart, one after the other. Returns the bytes of each. */
async function writeNames(
  run: IndexedRun,
  folder: string,
  { sae, features }: SaeColumns,
  addWords: (row: FeatureNameRow) => void,
): Promise<number[]> {
  const names = new Array<FeatureName | undefined>(features).fill(undefined);
  for (const row of await run.featureNames(new Map([[sae, undefined]]))) {
    names[row.feature] = nameOfRow(row);
    addWords(row);
  }
  const groups: Buffer[] = [];
  for (let from = 0; from < features; from += NAMES_PER_GROUP) {
    const json = encodeNames(names.slice(from, from + NAMES_PER_GROUP));
    groups.push(await zip(Buffer.from(json)));
  }
  await writeFile(join(folder, searchFiles.names(sae)), Buffer.concat(groups));
  return groups.map(({ length }) => length);
}

async function writeWords(folder: string, { manifest, leaves }: WordFiles): Promise<void> {
  await writeZipped(join(folder, searchFiles.words), Buffer.from(JSON.stringify(manifest)));
  for (const [i, leaf] of leaves.entries()) await writeZipped(join(folder, searchFiles.wordLeaf(i)), leaf);
}

function rowFile({ numbers, tokens }: SaeColumns, from: number, to: number): RowFile {
  const part = (column: Uint16Array) => column.slice(from, to);
  return {
    numbers: {
      density: part(numbers.density),
      max_activation: part(numbers.max_activation),
      top_head: part(numbers.top_head),
      top_head_weight: part(numbers.top_head_weight),
      family: part(numbers.family),
    },
    tokens: {
      activating: firstTokens(tokens.activating, from, to),
      promoted: firstTokens(tokens.promoted, from, to),
    },
  };
}

function firstTokens(places: Uint32Array, from: number, to: number): Uint32Array {
  const shown = new Uint32Array((to - from) * TOKENS_SHOWN);
  for (let row = from; row < to; row++) {
    const first = row * TOKENS_PER_ROLE;
    shown.set(places.subarray(first, first + TOKENS_SHOWN), (row - from) * TOKENS_SHOWN);
  }
  return shown;
}
