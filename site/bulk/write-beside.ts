import { openRun, type RunReader } from '../../pipeline/tables/reader.ts';
import { hasExplorer } from '../build/has-explorer.ts';
import { writeMap } from '../map/write-map.ts';
import { writePreviewImages } from '../preview-image/write-images.ts';
import { writeSearchIndex } from '../search/index.ts';
import { writeContextPieces } from './write-context-pieces.ts';

/**
 * Writes what a site has beside its pages, made of the tables alone: the search index, the maps, the pictures of previews
 * and, with the explorer, the contexts it opens examples from.
 */
export async function writeBeside(run: string, folder: string): Promise<void> {
  await withRun(run, (reader) => writeSearchIndex(reader, `${folder}/search`));
  await withRun(run, (reader) => writeMap(reader, `${folder}/map`));
  await withRun(run, (reader) => writePreviewImages(reader, folder));
  if (hasExplorer()) await writeContextPieces(run, folder);
}

async function withRun(run: string, effect: (reader: RunReader) => Promise<unknown>): Promise<void> {
  const reader = await openRun(run);
  await effect(reader);
  reader.close();
}
