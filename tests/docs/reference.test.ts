import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { namedTables } from '../../pipeline/library/named-tables.ts';
import { columnNotes, commonNotes } from '../../pipeline/setup/column-notes/index.ts';
import { commandsReference, tablesReference } from '../../pipeline/setup/reference.ts';
import type { Table } from '../../pipeline/store/column-types.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'docs/reference');
const store = process.env.ATLAS_STORE_DOCS === 'yes';

const pages: [string, () => Promise<string>][] = [
  ['commands.md', async () => commandsReference()],
  ['tables.md', async () => tablesReference(await readFile(join(root, 'pipeline/TERMS.md'), 'utf8'))],
];

test.each(pages)('docs/reference/%s is as the code declares it', async (name, generate) => {
  const file = join(folder, name);
  const generated = await generate();
  if (store) {
    await mkdir(folder, { recursive: true });
    await writeFile(file, generated);
  }
  const how = 'ATLAS_STORE_DOCS=yes npx vitest run --project unit tests/docs/reference.test.ts stores it again';
  expect(await readFile(file, 'utf8'), how).toBe(generated);
});

const described = async () => tablesReference(await readFile(join(root, 'pipeline/TERMS.md'), 'utf8'));

/** The description of a column on a page of tables. */
const descriptionIn = (page: string, table: string, column: string): string | undefined => {
  const section = page.split('\n## ').find((own) => own.startsWith(`${table}\n`));
  const row = section?.split('\n').find((line) => line.startsWith(`| \`${column}\` |`));
  return row
    ?.split(/ (?<!\\)\| /)
    .at(2)
    ?.replace(/ \|$/, '');
};

test('every column of every table has a description', async () => {
  const page = await described();
  const columns = Object.values<Table>(namedTables).flatMap((table) =>
    Object.keys(table.columns).map((column) => [table.name, column]),
  );
  expect(columns.length).toBeGreaterThan(400);
  expect(columns.filter(([table, column]) => !descriptionIn(page, table, column)?.trim())).toEqual([]);
});

test('every note is of a column that there is', () => {
  const tables: Readonly<Record<string, Table | undefined>> = namedTables;
  const noted = Object.entries(columnNotes).flatMap(([table, notes]) =>
    Object.keys(notes).map((column): [string, string] => [table, column]),
  );
  expect(noted.filter(([table, column]) => !(column in (tables[table]?.columns ?? {})))).toEqual([]);
  const columns = Object.values<Table>(namedTables).flatMap((table) => Object.keys(table.columns));
  expect(Object.keys(commonNotes).filter((column) => !columns.includes(column))).toEqual([]);
});

test('columns of another run are described as those of a run', async () => {
  const page = await described();
  expect(descriptionIn(page, 'compared_saes', 'ce_sae')).toBe(descriptionIn(page, 'saes', 'ce_sae'));
  expect(descriptionIn(page, 'compared_features', 'density')).toBe(descriptionIn(page, 'features', 'density'));
});

test('the bounds of a column are of its interval', async () => {
  const page = await described();
  const lower = 'lower end of the 95 % interval of ce_sae; null where there is none';
  expect(descriptionIn(page, 'saes', 'ce_sae_low')).toBe(lower);
  expect(descriptionIn(page, 'study_induction_curves', 'attention_high')).toBe(
    'upper end of the 95 % interval of attention',
  );
});

test('a term of its name defines a column, unless it has the shape of a tensor', () => {
  const term = '| name | what | shape |\n| --- | --- | --- |\n| `constant` | what it is | |\n';
  expect(descriptionIn(tablesReference(term), 'features', 'constant')).toBe('what it is');
  const tensor = term.replace('it is | |', 'it is | [dSae] |');
  expect(descriptionIn(tablesReference(tensor), 'features', 'constant')).toBe('');
});
