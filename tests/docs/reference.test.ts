import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { namedTables } from '../../pipeline/library/named-tables.ts';
import { columnNotes } from '../../pipeline/setup/column-notes.ts';
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

test('every note is of a column that there is', () => {
  const columns = Object.values<Table>(namedTables).flatMap((table) => {
    const names = Object.keys(table.columns);
    return [...names, ...names.map((name) => `${table.name}.${name}`)];
  });
  expect(Object.keys(columnNotes).filter((name) => !columns.includes(name))).toEqual([]);
});

test('a definition stands beside the column that it defines', () => {
  const page = tablesReference('| name | what |\n| --- | --- |\n| `constant`, `polysemanticity` | what it is | |\n');
  expect(page).toContain('| `constant` | float | what it is |');
});
