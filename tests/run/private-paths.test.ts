import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentEffects } from '../../pipeline/effects.ts';
import { readParquet } from '../../pipeline/files/duckdb-path.ts';
import { findExplorerInputs } from '../../pipeline/publish/explorer/find-inputs.ts';
import { writeExplorerFiles } from '../../pipeline/publish/explorer/write-files.ts';
import { run } from '../../pipeline/run.ts';
import { openRun } from '../../pipeline/tables/reader.ts';
import { inputRows } from '../../site/page-kit/provenance.ts';
import { folderOf, referenceConfig, removeTemporaryFolders, temporaryFolder } from './reference-case.ts';

const secret = 'Xq7-whose-machine-it-was';

let out: string;

beforeAll(async () => {
  const folder = join(await temporaryFolder(), secret);
  await mkdir(folder);
  await cp(folderOf(7), folder, { recursive: true });
  const [model, saes, corpus] = ['model', 'saes', 'corpus.jsonl'].map((name) => join(folder, name));
  const config = { ...referenceConfig(7, join(folder, 'out'), { studies: ['induction'] }), model, saes };
  await run({ ...config, corpus: [corpus] }, silentEffects());
  out = config.out;
}, 120_000);
afterAll(removeTemporaryFolders);

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

test('no file of a run names the folder it was made in, the note that stays on the machine included', async () => {
  const files = await filesUnder(out);
  expect(files.length).toBeGreaterThan(10);
  for (const file of files) expect((await readFile(file)).includes(secret), file).toBe(false);
});

test('no value of a table does, unpacked', async () => {
  let total = 0;
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  for (const file of (await filesUnder(out)).filter((name) => name.endsWith('.parquet'))) {
    const rows = await connection.runAndReadAll(`SELECT to_json(row)::VARCHAR FROM ${readParquet([file])} AS row`);
    total += rows.currentRowCount;
    for (const [json] of rows.getRows()) expect(String(json).includes(secret), file).toBe(false);
  }
  connection.closeSync();
  expect(total).toBeGreaterThan(500);
});

test('inputs go by the names of what was asked for', async () => {
  const reader = await openRun(out);
  const names = inputRows(reader.record, 9).rows.map(({ file }) => file);
  expect(names).toEqual([
    'model/config.json',
    'model/model.safetensors',
    'model/tokenizer.json',
    'model/tokenizer_config.json',
    'saes/blocks.0.hook_z/cfg.json',
    'saes/blocks.0.hook_z/sae_weights.safetensors',
    'saes/blocks.1.hook_z/cfg.json',
    'saes/blocks.1.hook_z/sae_weights.safetensors',
    'corpus/corpus.jsonl',
  ]);
  expect((await reader.saes()).map(({ source }) => source)).toEqual(['saes/blocks.0.hook_z', 'saes/blocks.1.hook_z']);
  reader.close();
});

test('no file of the explorer does, whose model and SAEs are found again all the same', async () => {
  const reader = await openRun(out);
  const inputs = await findExplorerInputs({ run: out, explorer: true }, reader.record);
  if (typeof inputs === 'string') throw new Error(inputs);
  const folder = join(await temporaryFolder(), 'explorer');
  await writeExplorerFiles(inputs, reader, { folder, isLossless: true });
  reader.close();
  const files = await filesUnder(folder);
  expect(files.length).toBeGreaterThan(5);
  for (const file of files) expect((await readFile(file)).includes(secret), file).toBe(false);
});
