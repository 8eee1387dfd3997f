import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { UserError } from '../errors/user-error.ts';
import { foreignIn } from '../store/table-folder.ts';
import { allTables } from './schema.ts';

/** A command's OUT, and what it reads. */
export interface OutAndInputs {
  readonly out: string;
  readonly model: string;
  readonly saes?: string | undefined;
  readonly corpus?: readonly string[] | undefined;
}

const expected = 'expected a new or empty folder, or a run that atlas wrote';

/**
 * Throws UserError where tables in OUT would take the place of something else, or OUT is one with an input. A folder of
 * texts may have OUT below it, which is then left out of the corpus.
 */
export async function checkOut({ out, model, saes, corpus = [] }: OutAndInputs): Promise<void> {
  const place = await realPlace(out);
  const folders = [model, saes].filter((path) => path !== undefined);
  for (const input of [...folders, ...corpus]) {
    if (isWithin(await realPlace(input), place)) throw new UserError(`--out holds an input: ${input}, ${expected}`);
  }
  for (const input of folders) {
    if (isWithin(place, await realPlace(input))) throw new UserError(`--out lies in an input: ${input}, ${expected}`);
  }
  for (const { name } of allTables) {
    const foreign = await foreignIn(join(out, name));
    if (foreign !== undefined) throw new UserError(`--out holds something else: ${foreign}, ${expected}`);
  }
}

/** Where a path leads, links followed as far as it is there: it may be a folder to be made, or a glob. */
export async function realPlace(path: string): Promise<string> {
  const whole = resolve(path);
  return realpath(whole).catch(async () =>
    whole === dirname(whole) ? whole : join(await realPlace(dirname(whole)), basename(whole)),
  );
}

const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
