import { UserError } from '../../pipeline/errors/user-error.ts';
import type { RunReader } from '../../pipeline/tables/reader.ts';
import type { HeadPair } from '../measures/comparison/heads-section.ts';
import type { ComparedPair } from '../measures/comparison/pair-section.ts';

/** The SAEs of a run that are compared with those of another, with their matched features. */
export async function readComparedPairs(reader: RunReader): Promise<ComparedPair[]> {
  const own = new Map((await reader.saes()).map((row) => [row.sae, row]));
  const pairs: ComparedPair[] = [];
  for (const theirs of await reader.comparedSaes()) {
    const row = own.get(theirs.own_sae);
    if (!row) throw new UserError(`sae ${theirs.own_sae} is compared and not in the run, expected the run’s own`);
    pairs.push({ own: row, theirs, rows: await reader.comparedFeatures(theirs.own_sae) });
  }
  return pairs;
}

/** The heads of those SAEs in both runs. */
export async function readHeadPairs(reader: RunReader): Promise<HeadPair[]> {
  const theirs = new Map((await reader.comparedHeads()).map((row) => [`${row.own_sae}/${row.head}`, row]));
  return (await reader.heads()).flatMap((own) => {
    const other = theirs.get(`${own.sae}/${own.head}`);
    return other ? [{ own, theirs: other }] : [];
  });
}
