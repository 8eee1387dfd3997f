import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { UserError } from '../core/user-error.ts';
import { pathKind } from './files.ts';

export interface CorpusFile {
  readonly path: string;
  readonly bytes: number;
}

/**
 * The files that paths lead to: a file, a folder (all in it but hidden ones), or a glob. In the paths' order, by name
 * within each, each file once. Throws UserError for a path that leads to none.
 */
export async function corpusFiles(paths: readonly string[]): Promise<CorpusFile[]> {
  const found = new Set<string>();
  for (const path of paths) {
    const files = await filesOf(path);
    if (files.length === 0) throw new UserError(`empty corpus: no files in ${path}`);
    for (const file of files) found.add(file);
  }
  if (found.size === 0) throw new UserError('empty corpus: no paths given');
  return Promise.all([...found].map(async (path) => ({ path, bytes: (await stat(path)).size })));
}

async function filesOf(path: string): Promise<string[]> {
  const kind = await pathKind(path);
  if (kind === 'file') return [path];
  if (kind === 'folder') return (await filesUnder(path)).sort(byCodeUnit);
  if (!isDynamicPattern(path)) throw new UserError(`corpus not found: ${path}`);
  const matches = await filesMatching(path);
  if (matches.length === 0) throw new UserError(`corpus not found: no files match ${path}`);
  return matches.sort(byCodeUnit);
}

/** A glob is matched from its last folder that is no pattern, so that it may lie anywhere. */
async function filesMatching(pattern: string): Promise<string[]> {
  const segments = pattern.split('/');
  const fixed = segments.findIndex((segment) => segment.includes('{') || isDynamicPattern(segment));
  const cwd = segments.slice(0, fixed).join('/') || (pattern.startsWith('/') ? '/' : '.');
  const matches = await glob(segments.slice(fixed).join('/'), { cwd, expandDirectories: false });
  return matches.map((match) => join(cwd, match));
}

async function filesUnder(dir: string): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) files.push(...(await filesUnder(path)));
    else if (entry.isFile() || (await pathKind(path)) === 'file') files.push(path);
  }
  return files;
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
