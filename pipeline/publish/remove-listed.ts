import { lstat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { change, removeEmptyFolder } from '../disk/disk.ts';

/** The folders that some paths lie in, each before those in it. */
export function foldersOf(paths: Iterable<string>): Set<string> {
  const folders = new Set<string>();
  for (const path of paths) {
    for (const above of parents(path)) folders.add(above);
  }
  return folders;
}

/** `a` and `a/b` of `a/b/c`. */
function parents(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
}

/** Removes files, and folders that are empty then. What lies behind a link stays; so does a folder of a file's name. */
export async function removeListed(root: string, paths: readonly string[]): Promise<void> {
  const inside = new Map<string, boolean>([['.', true]]);
  async function isInside(folder: string): Promise<boolean> {
    const known = inside.get(folder);
    if (known !== undefined) return known;
    const found = (await isInside(dirname(folder)))
      ? await lstat(join(root, folder)).catch(() => undefined)
      : undefined;
    const answer = found?.isDirectory() ?? false;
    inside.set(folder, answer);
    return answer;
  }
  for (const path of paths) {
    const file = join(root, path);
    if (await isInside(dirname(path))) await change('remove', file, () => unlink(file).catch(ignoreFolder));
  }
  for (const folder of [...foldersOf(paths)].reverse()) {
    if (await isInside(folder)) await removeEmptyFolder(join(root, folder));
  }
}

function ignoreFolder(error: NodeJS.ErrnoException): void {
  if (!['ENOENT', 'EISDIR', 'EPERM'].includes(error.code ?? '')) throw error;
}
