import { UserError } from '../errors/user-error.ts';
import { openRun } from '../tables/reader.ts';

/** An SAE of a finished run, as labels need it. */
export interface LabelledSae {
  readonly id: string;
  readonly layer: number;
  readonly dSae: number;
  readonly sha256: string;
}

/** The SAEs of a finished run. */
export async function runSaes(run: string): Promise<LabelledSae[]> {
  const reader = await openRun(run);
  const rows = await reader.saes();
  reader.close();
  return rows.map(({ sae, layer, d_sae }) => {
    const identity = reader.record.saes.find(({ id }) => id === sae);
    if (!identity) throw new UserError(`sae ${sae} is not in the run's record, expected its hash there (${run})`);
    return { id: sae, layer, dSae: d_sae, sha256: identity.sha256 };
  });
}
