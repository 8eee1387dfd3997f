import { UserError } from '../errors/user-error.ts';
import { nameIn } from '../files/name-in.ts';
import { findSaes, type SaeSource } from '../sae/formats/sae-dir.ts';
import { saeName } from '../sae/formats/sae-name.ts';
import { saeIdentity } from './identity.ts';
import { notTheRuns } from './not-the-runs.ts';
import { type RunRecord, upstreamSaesOf } from './run-record.ts';

/**
 * A run's SAEs in a folder, under its ids and at its sites, by layer; of each, the one that the run took lower layers apart
 * by comes first. The folder may hold others besides. Throws UserError where one is missing, or is not the run's.
 */
export async function findRunSaes(dir: string, record: RunRecord): Promise<SaeSource[]> {
  const { sources, unreadable } = await findSaes(dir);
  const found: SaeSource[] = [];
  const isFirst = new Set(upstreamSaesOf(record).map(({ id }) => id));
  const order = (sae: { readonly id: string }) => Number(!isFirst.has(sae.id));
  for (const expected of record.saes.toSorted((a, b) => a.layer - b.layer || order(a) - order(b))) {
    const { id, layer } = expected;
    const broken = unreadable.find(({ path }) => nameIn('saes', dir, path) === expected.source);
    if (broken) throw broken.error;
    const ofLayer = sources.filter((candidate) => candidate.layer === layer);
    const source = ofLayer.find((candidate) => saeName(candidate) === expected.source) ?? ofLayer[0];
    if (!source) throw new UserError(`no sae of layer ${layer}, which the run has (${dir})`);
    const identity = await saeIdentity(source);
    if (identity.sha256 !== expected.sha256) throw notTheRuns(`sae ${id}`, identity, expected, source.weightsPath);
    found.push({ ...source, id, config: { ...source.config, site: expected.site } });
  }
  return found;
}
