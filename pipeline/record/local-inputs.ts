import { join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../disk/disk.ts';
import { writeFileAtomic, writeJsonAtomic } from '../files/atomic.ts';
import { pathKind, readJsonFile } from '../files/files.ts';

const localInputs = z.object({ model: z.string(), saes: z.string() });

/** Where on this machine a run's model and SAEs are. */
export type LocalInputs = z.infer<typeof localInputs>;

const folderOf = (out: string) => join(out, '.local');
const fileOf = (out: string) => join(folderOf(out), 'inputs.json');

/**
 * Notes where a run's model and SAEs are, as seen from OUT, so that `site` finds them again. It stays on this machine:
 * nothing reads it but `site`, nothing of it is published, and git leaves the folder out.
 */
export async function writeLocalInputs(out: string, { model, saes }: LocalInputs): Promise<void> {
  await makeFolder(folderOf(out));
  await writeFileAtomic(join(folderOf(out), '.gitignore'), '*\n');
  await writeJsonAtomic(fileOf(out), { model: relative(out, model), saes: relative(out, saes) });
}

/** Where they were; nothing where the note is not there or is none. */
export async function readLocalInputs(out: string): Promise<LocalInputs | undefined> {
  if ((await pathKind(fileOf(out))) !== 'file') return undefined;
  const { data } = localInputs.safeParse(await readJsonFile(fileOf(out)));
  return data && { model: resolve(out, data.model), saes: resolve(out, data.saes) };
}
