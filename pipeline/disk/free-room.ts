import { statfs } from 'node:fs/promises';

/** Bytes that this user may still write on a path’s file system; undefined where the system does not say. */
export async function freeRoom(path: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
