import { dirname, join } from 'node:path';
import { removePath, renamePath } from './disk.ts';
import { DiskFile } from './disk-file.ts';
import { temporaryName } from './temporaries.ts';

/**
 * Replaces a file whole or not at all: `write` fills a temporary file beside it, or in another folder of the same disk, which
 * is synced and renamed over it. What a killed process left of one is cleared by whoever next has that folder to itself.
 */
export async function replaceFile(
  path: string,
  write: (file: DiskFile) => Promise<void>,
  folder = dirname(path),
): Promise<void> {
  const temporary = join(folder, temporaryName(path));
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
export function writeFileAtomic(path: string, data: string | Uint8Array, folder?: string): Promise<void> {
  return replaceFile(path, (file) => file.write(data), folder);
}

/** Writes a value as indented JSON, whole or not at all. */
export function writeJsonAtomic(path: string, value: unknown, folder?: string): Promise<void> {
  return writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`, folder);
}
