import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { change, linkFile, makeFolder, removePath } from '../../disk/disk.ts';
import { replaceFolder, restoreFolder } from '../../disk/replace-folder.ts';
import type { SaeRow } from '../../measures/quality/table.ts';
import { FEATURES_PER_BLOCK } from '../../measures/statistics/table.ts';
import { type ExportJob, idText } from '../exported-saes.ts';
import { cantorPair } from './cantor-pair.ts';
import { featureFile } from './feature-file.ts';
import { oneALayer } from './one-a-layer.ts';
import { standingFiles } from './standing-files.ts';

/**
 * Writes OUT/features/SCAN/ID.json, which circuit-tracer's pages read: a file a live feature, its id being the Cantor pair
 * of layer and feature, as in graph files. The layers take the place of those that are there, all at once; others stay.
 */
export async function exportCircuitTracer(job: ExportJob): Promise<string[]> {
  const { config, reader, saes, effects } = job;
  const written = oneALayer(job);
  const scan = idText(config.modelId ?? reader.record.model.name);
  const place = join(config.out, 'features', scan);
  const work = join(config.out, 'features', `.${scan}.incoming`);
  await restoreFolder(place);
  const standing = await standingFiles(place, written);
  await removePath(work);
  await makeFolder(work);
  for (const name of standing) await linkFile(join(place, name), join(work, name));
  const progress = effects.progress(
    'export',
    written.reduce((sum, { d_sae }) => sum + d_sae, 0),
    'features',
  );
  let done = 0;
  let files = 0;
  for (const sae of written) {
    files += await writeFeatures(job, sae, work);
    done += sae.d_sae;
    progress.update(done);
  }
  progress.end();
  await replaceFolder(work, place);
  const left = saes.filter((row) => !written.includes(row)).map((row) => leftOut(row, written));
  const beside = standing.length > 0 ? `, beside ${standing.length} of other layers` : '';
  return [...left, `${place}: ${files} features${beside}`];
}

/** The number of files that a SAE's live features are. */
async function writeFeatures(
  { reader, tokenText }: ExportJob,
  { sae, layer, d_sae }: SaeRow,
  work: string,
): Promise<number> {
  let files = 0;
  for (let from = 0; from < d_sae; from += FEATURES_PER_BLOCK) {
    const rows = await reader.features(sae, from, from + FEATURES_PER_BLOCK);
    const examples = await reader.examples(sae, from, from + FEATURES_PER_BLOCK);
    for (const row of rows.filter(({ count }) => count > 0)) {
      const file = featureFile(row, examples.get(row.feature) ?? [], tokenText);
      // The folder appears when all are there: none of them is synced by itself.
      const path = join(work, `${cantorPair(layer, row.feature)}.json`);
      await change('write', path, () => writeFile(path, JSON.stringify(file)));
      files++;
    }
  }
  return files;
}

function leftOut({ sae, layer }: SaeRow, written: readonly SaeRow[]): string {
  const other = written.find((row) => row.layer === layer)?.sae;
  return `SAE ${sae} left out: of layer ${layer} it is ${other}, unless --sae ID,… says another`;
}
