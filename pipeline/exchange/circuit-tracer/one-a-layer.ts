import { UserError } from '../../errors/user-error.ts';
import type { SaeRow } from '../../measures/quality/table.ts';
import { upstreamSaesOf } from '../../record/run-record.ts';
import type { ExportJob } from '../exported-saes.ts';

/**
 * One SAE of each layer, since the features of a second would have the same ids: those that the run takes lower layers
 * apart by. Throws UserError where --sae names two of a layer.
 */
export function oneALayer({ config, reader, saes }: ExportJob): SaeRow[] {
  const first = new Set(upstreamSaesOf(reader.record).map(({ id }) => id));
  return saes.filter(({ sae, layer }) => {
    const others = saes.filter((other) => other.layer === layer && other.sae !== sae).map((other) => other.sae);
    if (others.length === 0) return true;
    if (config.sae === undefined) return first.has(sae);
    throw new UserError(`saes ${sae} and ${others.join(', ')} are of one layer, expected one a layer in --sae`);
  });
}
