import { join } from 'node:path';
import { writeSyntheticRun } from '../../bench/synthetic/synthetic-run.ts';
import { labelSchema } from '../../pipeline/commands/label.ts';
import { recordingEffects } from '../../pipeline/effects/recording.ts';
import { label } from '../../pipeline/labelling/label.ts';
import { type LabelRow, labels } from '../../pipeline/measures/labels/table.ts';
import { openQueries } from '../../pipeline/store/query.ts';
import { selectTable } from '../../pipeline/tables/sql.ts';
import { temporaryFolder } from '../files/temporary-folder.ts';

export interface LabelledRun {
  readonly run: string;
  /** Imports files of the folder beside the run; the lines that it logs. */
  from(files: readonly string[], sae?: string): Promise<string[]>;
  rows(): Promise<LabelRow[]>;
}

/** A synthetic run of two layers of twelve features, with files beside it. */
export async function labelledRun(files: Readonly<Record<string, unknown>> = {}): Promise<LabelledRun> {
  const folder = await temporaryFolder(files);
  const run = join(folder, 'run');
  await writeSyntheticRun(run, { layers: 2, features: 12, heads: 2, vocabulary: 64, seed: 5 });
  return {
    run,
    async from(names, sae) {
      const { effects, lines } = recordingEffects();
      const from = names.map((name) => join(folder, name));
      await label(labelSchema.parse({ run, from, ...(sae !== undefined && { sae }) }), effects);
      return lines;
    },
    async rows() {
      const queries = await openQueries(run, [labels]);
      const rows = await queries.rows(labels.columns, selectTable(labels));
      queries.close();
      return rows;
    },
  };
}
