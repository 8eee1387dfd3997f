import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import { readJsonFile } from '../../files/files.ts';
import type { SaeRow } from '../../measures/quality/table.ts';
import { layerOfPair } from './cantor-pair.ts';

const featureName = /^(\d{1,15})\.json$/;
const ofSae = z.looseObject({ transcoder_id: z.string() });

/**
 * The files of a scan that an export of these SAEs leaves as they are: those of other layers. Throws UserError where a layer
 * is another SAE's, whose ids would be the same, and where there is something else than files.
 */
export async function standingFiles(place: string, saes: readonly SaeRow[]): Promise<string[]> {
  const standing: string[] = [];
  const checked = new Set<number>();
  for (const entry of await readdir(place, { withFileTypes: true }).catch(() => [])) {
    const path = join(place, entry.name);
    if (!entry.isFile()) throw new UserError(`not a file, expected those of features alone: ${path}`);
    const [, pair] = featureName.exec(entry.name) ?? [];
    const layer = pair === undefined ? undefined : layerOfPair(Number(pair));
    const own = saes.find((sae) => sae.layer === layer);
    if (!own) standing.push(entry.name);
    else if (!checked.has(own.layer)) await requireSame(path, own);
    if (own) checked.add(own.layer);
  }
  return standing;
}

async function requireSame(path: string, { sae, layer }: SaeRow): Promise<void> {
  const id = ofSae.safeParse(await readJsonFile(path)).data?.transcoder_id;
  if (id === sae) return;
  throw new UserError(
    `layer ${layer} is of sae ${id ?? 'unknown'} there, expected another --model-id or --out for sae ${sae} (${path})`,
  );
}
