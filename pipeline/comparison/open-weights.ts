import { UserError } from '../errors/user-error.ts';
import { findRunSaes } from '../record/find-run-saes.ts';
import { readLocalInputs } from '../record/local-inputs.ts';
import type { RunRecord } from '../record/run-record.ts';
import { loadSae } from '../sae/formats/sae-dir.ts';
import type { Sae } from '../sae/sae.ts';

/** Loads an SAE of a run by its id. */
export type LoadWeights = (id: string) => Promise<Pick<Sae, 'wDec'>>;

/** Finds a run's SAEs where `asked` says, or where the run found them. Throws UserError where they are not there. */
export async function openWeights(
  run: string,
  record: RunRecord,
  asked: string | undefined,
  flag: string,
): Promise<LoadWeights> {
  const dir = asked ?? (await readLocalInputs(run))?.saes;
  if (dir === undefined) throw new UserError(`the run does not say where its SAEs are, expected ${flag} DIR (${run})`);
  const sources = await findRunSaes(dir, record);
  return async (id) => {
    const source = sources.find((candidate) => candidate.id === id);
    if (!source) throw new UserError(`no sae ${id} of the run, expected it in ${dir}`);
    return loadSae(source);
  };
}
