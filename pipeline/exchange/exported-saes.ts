import type { ExportConfig } from '../commands/export.ts';
import type { Effects } from '../effects.ts';
import type { SaeRow } from '../measures/quality/table.ts';
import type { RunReader } from '../tables/reader.ts';

/** What a format's writer is given. */
export interface ExportJob {
  readonly config: ExportConfig;
  readonly reader: RunReader;
  readonly saes: readonly SaeRow[];
  readonly tokenText: (id: number) => string;
  readonly effects: Effects;
}

/** The SAEs of a run that are asked for: one by its id, or those of some layers. */
export function exportedSaes(rows: readonly SaeRow[], { sae, layers }: ExportConfig): SaeRow[] {
  return rows.filter((row) => (sae === undefined || row.sae === sae) && (layers?.includes(row.layer) ?? true));
}

/** A name in the letters that Neuronpedia's ids may have. */
export const idText = (name: string): string =>
  name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^-+|-+$/g, '') || 'unnamed';
