import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { writeSyntheticRun } from '../../bench/synthetic/synthetic-run.ts';
import { runRecord } from '../../pipeline/record/run-record.ts';

/** What the SAEs of layers 1 and 2 become: two of layer 1. */
const renamed = new Map([
  ['1', '1-16'],
  ['2', '1-8'],
]);

/** Writes a synthetic run of the SAEs `0`, `1-16` and `1-8`, which have twelve features each. */
export async function writeSeveralSaesRun(run: string, settings: object = {}): Promise<void> {
  await writeSyntheticRun(run, { layers: 3, features: 12, heads: 2, vocabulary: 64, seed: 5 });
  const connection = await (await DuckDBInstance.create()).connect();
  for (const table of ['saes', 'features', 'examples']) {
    const [file, work] = ['part-00000.parquet', 'work.parquet'].map((name) => join(run, table, name));
    const id = "CASE sae WHEN '1' THEN '1-16' WHEN '2' THEN '1-8' ELSE sae END";
    const columns = `* REPLACE (least(layer, 1) AS layer, ${id} AS sae)`;
    await connection.run(`COPY (SELECT ${columns} FROM '${file}') TO '${work}' (FORMAT parquet)`);
    await rename(work, file);
  }
  connection.closeSync();
  const file = join(run, 'run.json');
  const record = runRecord.parse(JSON.parse(await readFile(file, 'utf8')));
  const saes = record.saes.map((sae) => ({ ...sae, id: renamed.get(sae.id) ?? sae.id, layer: Math.min(sae.layer, 1) }));
  await writeFile(file, JSON.stringify({ ...record, saes, config: { ...record.config, ...settings } }));
}
