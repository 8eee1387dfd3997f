import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { withPath } from '../core/system-error.ts';

/** Replaces a file whole or not at all: `write` fills a temporary file beside it, which is flushed and renamed over it. */
export async function replaceFile(path: string, write: (handle: FileHandle) => Promise<void>): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const handle = await open(temporary, 'w');
    try {
      await write(handle);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {}); // what went wrong first is what matters
    throw withPath(error, path);
  }
}

/** Writes a file whole or not at all. */
export function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  return replaceFile(path, (handle) => handle.writeFile(data));
}

/** Writes a value as indented JSON, whole or not at all. */
export function writeJsonAtomic(path: string, value: unknown): Promise<void> {
  return writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
}
