import { readdir, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { UserError } from '../core/user-error.ts';
import { mapBounded } from './bounded.ts';
import { notRegular, pathKind } from './files.ts';

export interface CorpusFile {
  readonly path: string;
  readonly bytes: number;
}

/**
 * The files that paths lead to: a file, a folder (all in it but hidden ones), or a glob. In the paths' order, by name
 * within each, each file once; what lies in the folder `without` is left out of folders and globs. Throws UserError
 * for a path that leads to none, and for a pipe or a device.
 */
export async function corpusFiles(paths: readonly string[], without?: string): Promise<CorpusFile[]> {
  const left = without === undefined ? undefined : await realpath(without).catch(() => resolve(without));
  const found = new Set<string>();
  for (const path of paths) {
    const files = await filesOf(path, left);
    if (files.length === 0) throw new UserError(`empty corpus: no files in ${path}`);
    for (const file of files) found.add(file);
  }
  if (found.size === 0) throw new UserError('empty corpus: no paths given');
  return mapBounded([...found], 16, async (path) => ({ path, bytes: (await stat(path)).size }));
}

async function filesOf(path: string, without: string | undefined): Promise<string[]> {
  const kind = await pathKind(path);
  if (kind === 'file') return [path];
  if (kind === 'special') throw new UserError(notRegular(path));
  if (kind === 'folder') return (await filesUnder(path, without)).sort(byCodeUnit);
  if (!isDynamicPattern(path)) throw new UserError(`corpus not found: ${path}`);
  const matches = await filesMatching(path);
  if (matches.length === 0) throw new UserError(`corpus not found: no files match ${path}`);
  return (await outside(matches, without)).sort(byCodeUnit);
}

/** Those that do not lie in the folder `without`, links followed. */
async function outside(paths: readonly string[], without: string | undefined): Promise<string[]> {
  if (without === undefined) return [...paths];
  const real = await mapBounded(paths, 16, (path) => realpath(path));
  return paths.filter((_, i) => !`${real[i]}/`.startsWith(`${without}/`));
}

/** A glob is matched from its last folder that is no pattern, so that it may lie anywhere. */
async function filesMatching(pattern: string): Promise<string[]> {
  const segments = pattern.split('/');
  const fixed = segments.findIndex((segment) => segment.includes('{') || isDynamicPattern(segment));
  const cwd = segments.slice(0, fixed).join('/') || (pattern.startsWith('/') ? '/' : '.');
  const matches = await glob(segments.slice(fixed).join('/'), { cwd, expandDirectories: false });
  return matches.map((match) => join(cwd, match));
}

async function filesUnder(dir: string, without: string | undefined): Promise<string[]> {
  if ((await outside([dir], without)).length === 0) return [];
  const files: string[] = [];
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.name.startsWith('.')) continue;
    const kind = entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : await pathKind(path);
    if (kind === 'special') throw new UserError(notRegular(path));
    if (entry.isDirectory()) files.push(...(await filesUnder(path, without)));
    else if (kind === 'file') files.push(path);
  }
  return files;
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
