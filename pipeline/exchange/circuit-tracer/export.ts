import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { change, makeFolder, removePath, renamePath } from '../../disk/disk.ts';
import { FEATURES_PER_BLOCK } from '../../measures/statistics/table.ts';
import { type ExportJob, idText } from '../exported-saes.ts';
import { cantorPair, featureFile } from './feature-file.ts';

/**
 * Writes OUT/features/SCAN/ID.json, which circuit-tracer's pages read: a file a live feature, its id being the Cantor pair
 * of layer and feature, as in graph files. Of a layer with several SAEs only one can have these ids.
 */
export async function exportCircuitTracer({ config, reader, saes, tokenText, effects }: ExportJob): Promise<string[]> {
  const scan = idText(config.modelId ?? reader.record.model.name);
  const place = join(config.out, 'features', scan);
  const work = join(config.out, 'features', `.${scan}.incoming`);
  const taken = new Set<number>();
  const lines: string[] = [];
  await removePath(work);
  await makeFolder(work);
  const progress = effects.progress(
    'export',
    saes.reduce((sum, { d_sae }) => sum + d_sae, 0),
    'features',
  );
  let done = 0;
  let files = 0;
  for (const { sae, layer, d_sae } of saes) {
    done += d_sae;
    if (taken.has(layer)) {
      lines.push(`SAE ${sae} left out: layer ${layer} has another, expected --sae to pick`);
      continue;
    }
    taken.add(layer);
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
    progress.update(done);
  }
  progress.end();
  await removePath(place);
  await renamePath(work, place);
  return [...lines, `${place}: ${files} features`];
}
