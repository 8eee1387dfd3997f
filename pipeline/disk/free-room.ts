import { statfs } from 'node:fs/promises';

/** Bytes that this user may still write where a path is; undefined where the system does not say. */
export async function freeRoom(path: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
