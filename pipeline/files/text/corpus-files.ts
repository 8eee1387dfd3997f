import { glob, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { UserError } from '../../errors/user-error.ts';
import { append } from '../../numbers/append.ts';
import { mapBounded } from '../bounded.ts';
import { notRegular, pathKind } from '../files.ts';
import { corpusNames, type RootedFile } from './corpus-names.ts';

export interface CorpusFile {
  readonly path: string;
  /** What it is called wherever others read it: `corpus/part-1.jsonl`. */
  readonly file: string;
  readonly format: CorpusFormat;
  readonly bytes: number;
}

/** How documents are told apart: a line each, a row each, all as one, or, of JSON, a line each or by its one value. */
export type CorpusFormat = 'jsonl' | 'json' | 'parquet' | 'text';

/** A file's format, by its name; gzip of any is unpacked. */
function corpusFormat(path: string): CorpusFormat {
  const name = path.toLowerCase().replace(/\.gz$/, '');
  if (/\.(jsonl|ndjson)$/.test(name)) return 'jsonl';
  if (name.endsWith('.json')) return 'json';
  return name.endsWith('.parquet') ? 'parquet' : 'text';
}

/**
 * The files that paths lead to: a file, a folder (all in it but hidden ones), or a glob. What is there under the very
 * name is no glob. In the paths' order, by name within each, each file once; what lies in the folder `without` is left
 * out of folders and globs. Throws UserError for a path that leads to none, and for a pipe or a device.
 */
export async function corpusFiles(paths: readonly string[], without?: string): Promise<CorpusFile[]> {
  const left = without === undefined ? undefined : await realpath(without).catch(() => resolve(without));
  const found = new Map<string, RootedFile>();
  for (const path of paths) {
    const { root, files } = await filesOf(path, left);
    if (files.length === 0) throw new UserError(`empty corpus: no files in ${path}`);
    for (const file of files) if (!found.has(file)) found.set(file, { root, path: file });
  }
  if (found.size === 0) throw new UserError('empty corpus: no paths given');
  const names = corpusNames([...found.values()]);
  const named = [...found.keys()].map((path, i) => ({ path, file: names[i] }));
  return mapBounded(named, 16, async ({ path, file }) => {
    return { path, file, format: corpusFormat(path), bytes: (await stat(path)).size };
  });
}

interface Found {
  readonly root: string;
  readonly files: readonly string[];
}

async function filesOf(path: string, without: string | undefined): Promise<Found> {
  const kind = await pathKind(path);
  if (kind === 'file') return { root: dirname(path), files: [path] };
  if (kind === 'special') throw new UserError(notRegular(path));
  if (kind === 'folder') return { root: path, files: (await filesUnder(path, without)).sort(byCodeUnit) };
  const { root, pattern } = await splitPattern(path);
  if (!/[*?[{!]/.test(pattern)) throw new UserError(`corpus not found: ${path}`);
  const files = await filesMatching(root, pattern);
  if (files.length === 0) throw new UserError(`corpus not found: no files match ${path}`);
  return { root, files: (await outside(files, without)).sort(byCodeUnit) };
}

/** Those that do not lie in the folder `without`, links followed. */
async function outside(paths: readonly string[], without: string | undefined): Promise<string[]> {
  if (without === undefined) return [...paths];
  const real = await mapBounded(paths, 16, (path) => realpath(path));
  return paths.filter((_, i) => !`${real[i]}/`.startsWith(`${without}/`));
}

/** The last folder of a glob that is there, whose name may look like a pattern, and the pattern below it. */
async function splitPattern(path: string): Promise<{ readonly root: string; readonly pattern: string }> {
  const segments = path.replaceAll(sep, '/').split('/');
  let fixed = path.startsWith('/') ? 1 : 0;
  while (fixed < segments.length - 1 && (await pathKind(segments.slice(0, fixed + 1).join('/'))) === 'folder') fixed++;
  const root = segments.slice(0, fixed).join('/') || (path.startsWith('/') ? '/' : '.');
  return { root, pattern: segments.slice(fixed).join('/') };
}

async function filesMatching(root: string, pattern: string): Promise<string[]> {
  const files: string[] = [];
  for await (const match of glob(pattern, { cwd: root })) {
    const path = join(root, match);
    const kind = await pathKind(path);
    if (kind === 'special') throw new UserError(notRegular(path));
    if (kind === 'file') files.push(path);
  }
  return files;
}

async function filesUnder(dir: string, without: string | undefined): Promise<string[]> {
  if ((await outside([dir], without)).length === 0) return [];
  const files: string[] = [];
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.name.startsWith('.')) continue;
    const kind = entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : await pathKind(path);
    if (kind === 'special') throw new UserError(notRegular(path));
    if (entry.isDirectory()) append(files, await filesUnder(path, without));
    else if (kind === 'file') files.push(path);
  }
  return files;
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
