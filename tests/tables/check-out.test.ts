import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkOut } from '../../pipeline/tables/check-out.ts';
import { temporaryFolder } from '../files/temporary-folder.ts';

/** A project with inputs and other folders, and what is said of a folder of it as OUT. */
async function project() {
  const folder = await temporaryFolder({
    'model/config.json': {},
    'saes/blocks.0.hook_z/cfg.json': {},
    'documents/thesis.txt': 'years of work',
    'texts/c.txt': 'text',
    'runs/whole/features/part-00000.parquet': '',
    'runs/whole/run.json': {},
  });
  const place = (name: string) => join(folder, name);
  const inputs = { model: place('model'), saes: place('saes') };
  const said = (out: string, corpus = 'texts/c.txt') =>
    checkOut({ ...inputs, out: place(out), corpus: [place(corpus)] }).then(
      () => 'nothing',
      (error: Error) => error.message.replaceAll(folder, 'P'),
    );
  return { place, said };
}

test('OUT is a new or empty folder, or a run', async () => {
  const { place, said } = await project();
  await mkdir(place('empty/examples'), { recursive: true });
  expect(await Promise.all(['new/folder', 'empty', 'runs/whole'].map((out) => said(out)))).toEqual(
    Array(3).fill('nothing'),
  );
});

test('a folder under a table’s name that no table filled is refused', async () => {
  const { place, said } = await project();
  await mkdir(place('out'));
  await symlink(place('documents'), place('out/documents'));
  expect(await said('out')).toBe(
    '--out holds something else: P/out/documents, expected a new or empty folder, or a run that atlas wrote',
  );
  await mkdir(place('other/contexts/notes'), { recursive: true });
  expect(await said('other')).toMatch(/^--out holds something else: P\/other\/contexts\/notes, expected/);
});

test('OUT is apart from what is read', async () => {
  const { place, said } = await project();
  await symlink(place('saes'), place('link'));
  expect(await said('.')).toMatch(/^--out holds an input: P\/model, expected/);
  expect(await said('saes')).toMatch(/^--out holds an input: P\/saes, expected/);
  expect(await said('link/new')).toMatch(/^--out lies in an input: P\/saes, expected/);
  expect(await said('documents', 'documents/*.txt')).toMatch(/^--out holds an input: P\/documents\/\*\.txt, expected/);
});

test('OUT may lie in a folder of texts, which leaves it out', async () => {
  const { said } = await project();
  expect(await said('texts/out', 'texts')).toBe('nothing');
});
