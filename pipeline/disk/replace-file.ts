import { removePath, renamePath } from './disk.ts';
import { DiskFile } from './disk-file.ts';

/** What the names of half-written files end with, so that no user's file is taken for one. */
export const temporaryEnding = '.atlas-tmp';

/**
 * Replaces a file whole or not at all: `write` fills a temporary file beside it, which is synced and renamed over it.
 * What a killed process left of one is overwritten by the next.
 */
export async function replaceFile(path: string, write: (file: DiskFile) => Promise<void>): Promise<void> {
  const temporary = `${path}${temporaryEnding}`;
  try {
    const file = await DiskFile.create(temporary);
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await renamePath(temporary, path);
  } catch (error) {
    await removePath(temporary).catch(() => {});
    throw error;
  }
}

/** Writes a file whole or not at all. */
export function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  return replaceFile(path, (file) => file.write(data));
}

/** Writes a value as indented JSON, whole or not at all. */
export function writeJsonAtomic(path: string, value: unknown): Promise<void> {
  return writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
}
