import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { VocabularyRow } from '../../pipeline/record/table.ts';
import type { RunReader } from '../../pipeline/tables/reader.ts';
import {
  encodeFeatures,
  encodeTokens,
  featureColumns,
  type SaeFeature,
  type SearchManifest,
  tokenColumns,
} from './format.ts';

/**
 * Writes what the search page loads into `folder`: index.json (SearchManifest), features.arrow (FeatureColumns of all
 * SAEs), tokens-ID.bin an SAE (TokenColumns) and vocabulary.json (display text by token id).
 */
export async function writeSearchIndex(run: RunReader, folder: string): Promise<SearchManifest> {
  await mkdir(folder, { recursive: true });
  const vocabulary = await run.vocabulary();
  const tokenIdBytes = vocabulary.every((row) => row.token_id < 2 ** 16 - 1) ? 2 : 4;
  const rows: SaeFeature[] = [];
  const saes: SearchManifest['saes'][number][] = [];
  for (const { sae, layer } of await run.saes()) {
    const own = await run.featureIndexRows(sae);
    const tokens = `tokens-${sae}.bin`;
    await writeFile(join(folder, tokens), encodeTokens(tokenColumns(own, tokenIdBytes)));
    saes.push({ sae, layer, features: own.length, tokens });
    for (const { promoted: _p, suppressed: _s, activating: _a, ...row } of own)
      rows.push({ ...row, sae: saes.length - 1 });
  }
  const families = [...new Set(rows.flatMap((row) => row.family ?? []))].sort();
  const manifest: SearchManifest = { saes, families, tokenIdBytes };
  await writeFile(join(folder, 'features.arrow'), encodeFeatures(featureColumns(rows, families)));
  await writeFile(join(folder, 'vocabulary.json'), JSON.stringify(displayTokens(vocabulary)));
  await writeFile(join(folder, 'index.json'), JSON.stringify(manifest));
  return manifest;
}

function displayTokens(vocabulary: readonly VocabularyRow[]): string[] {
  const last = vocabulary.at(-1)?.token_id ?? -1;
  const tokens = new Array<string>(last + 1).fill('');
  for (const { token_id, token } of vocabulary) tokens[token_id] = token;
  return tokens;
}
