import { dirname, resolve } from 'node:path';
import { nameIn } from '../name-in.ts';

/** A corpus file, and the folder that it was looked for in. */
export interface RootedFile {
  readonly root: string;
  readonly path: string;
}

/**
 * What corpus files are called: `corpus/` and their place in the folder that they were looked for in. Where two would be
 * called the same, all are called by their place in the folder that holds all of these; where there is no such folder,
 * by the number of their own.
 */
export function corpusNames(files: readonly RootedFile[]): string[] {
  const plain = files.map(({ root, path }) => nameIn('corpus', root, path));
  if (new Set(plain).size === plain.length) return plain;
  const roots = [...new Set(files.map(({ root }) => root))];
  const shared = sharedFolder(roots);
  if (shared !== undefined) return files.map(({ path }) => nameIn('corpus', shared, resolve(path)));
  return files.map(({ root, path }) => nameIn(`corpus/${roots.indexOf(root) + 1}`, root, path));
}

/** The deepest folder that holds all of some; none where that is the whole disk. */
function sharedFolder(folders: readonly string[]): string | undefined {
  const [first = '/', ...others] = folders.map((folder) => resolve(folder));
  let shared = first;
  const holds = (folder: string) => folder === shared || folder.startsWith(`${shared}/`);
  while (shared !== '/' && !others.every(holds)) shared = dirname(shared);
  return shared === '/' ? undefined : shared;
}
