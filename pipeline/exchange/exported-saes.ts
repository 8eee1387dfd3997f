import type { ExportConfig } from '../commands/export.ts';
import type { Effects } from '../effects.ts';
import { UserError } from '../errors/user-error.ts';
import type { SaeRow } from '../measures/quality/table.ts';
import { requireLayers } from '../sae/require-layers.ts';
import type { RunReader } from '../tables/reader.ts';

/** What a format's writer is given. */
export interface ExportJob {
  readonly config: ExportConfig;
  readonly reader: RunReader;
  readonly saes: readonly SaeRow[];
  readonly tokenText: (id: number) => string;
  readonly effects: Effects;
}

/** The SAEs of a run that are asked for, by id or of some layers. Throws UserError for one that is not there. */
export function exportedSaes(rows: readonly SaeRow[], { sae, layers }: ExportConfig): SaeRow[] {
  requireLayers(rows, layers);
  const ofLayers = rows.filter(({ layer }) => layers?.includes(layer) ?? true);
  const ids = ofLayers.map((row) => row.sae);
  const missing = sae?.find((id) => !ids.includes(id));
  const among = layers ? ` of layers ${layers.join(', ')}` : '';
  if (missing !== undefined) throw new UserError(`no sae ${missing}${among}: there are ${ids.join(', ')}`);
  return ofLayers.filter((row) => sae?.includes(row.sae) ?? true);
}

/** A name in the letters that Neuronpedia's ids may have, and no path to elsewhere. */
export const idText = (name: string): string =>
  name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[-.]+|-+$/g, '') || 'unnamed';
