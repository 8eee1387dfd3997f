import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UserError } from '../errors/user-error.ts';
import { writeFileAtomic } from '../files/atomic.ts';

/** Beside a site's pages: the files that were written there, so that the next build knows what is its own to replace. */
export const siteManifestName = '.attention-atlas-site.json';

/** A path below the site's folder that leads nowhere else. */
const innerPath = z
  .string()
  .refine((path) => path.split('/').every((part) => !['', '.', '..'].includes(part)) && !/[\\\0]/.test(path));
const schema = z.object({ files: z.array(innerPath) });

/** The files that an earlier build wrote into a folder; nothing where none did. Throws UserError for a malformed list. */
export async function readSiteManifest(folder: string): Promise<string[] | undefined> {
  const path = join(folder, siteManifestName);
  const found = await lstat(path).catch(() => undefined);
  if (!found) return undefined;
  const parsed = found.isFile() ? schema.safeParse(parseJson(await readFile(path, 'utf8'))) : undefined;
  if (parsed?.success) return parsed.data.files;
  throw new UserError(`malformed list of a site's files, expected what an earlier build wrote (${path})`);
}

export function writeSiteManifest(folder: string, files: Iterable<string>): Promise<void> {
  return writeFileAtomic(join(folder, siteManifestName), `${JSON.stringify({ files: [...files] })}\n`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
