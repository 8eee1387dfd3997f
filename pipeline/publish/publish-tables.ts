import { copyFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { change, makeFolder } from '../disk/disk.ts';
import { writeJsonAtomic } from '../disk/replace-file.ts';
import { heads } from '../measures/heads/table.ts';
import { labels } from '../measures/labels/table.ts';
import { saes } from '../measures/quality/table.ts';
import { features } from '../measures/statistics/table.ts';
import { sqlType, type Table } from '../store/column-types.ts';

/** What a site offers of a run: what its pages are made of, without the texts of the examples. */
const offered: readonly Table[] = [features, heads, saes, labels];

/** data/index.json: the tables, their files below data/, and their columns with DuckDB's types. */
interface DataIndex {
  readonly tables: readonly {
    readonly name: string;
    readonly files: readonly { readonly path: string; readonly bytes: number }[];
    readonly columns: Readonly<Record<string, string>>;
  }[];
}

/** Copies a run's tables into a site, and lists them in data/index.json; the bytes of all. */
export async function publishTables(run: string, site: string): Promise<number> {
  const folder = join(site, 'data');
  await makeFolder(folder);
  const tables: DataIndex['tables'][number][] = [];
  for (const table of offered) {
    const files = await copyTable(table, run, folder);
    if (files.length > 0) tables.push({ name: table.name, files, columns: columnsOf(table) });
  }
  await writeJsonAtomic(join(folder, 'index.json'), { tables });
  return tables.flatMap(({ files }) => files).reduce((sum, { bytes }) => sum + bytes, 0);
}

async function copyTable({ name }: Table, run: string, folder: string) {
  const names = (await readdir(join(run, name)).catch(() => [])).filter((file) => file.endsWith('.parquet')).toSorted();
  if (names.length > 0) await makeFolder(join(folder, name));
  const files: { path: string; bytes: number }[] = [];
  for (const file of names) {
    const place = join(folder, name, file);
    await change('write', place, () => copyFile(join(run, name, file), place));
    files.push({ path: `${name}/${file}`, bytes: (await stat(place)).size });
  }
  return files;
}

const columnsOf = ({ columns }: Table): Record<string, string> =>
  Object.fromEntries(Object.entries(columns).map(([name, type]) => [name, sqlType(type)]));
