import { readdir } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { UserError } from '../../errors/user-error.ts';
import { pathKind } from '../../files/files.ts';

type LabelFormat = 'jsonl' | 'json' | 'table';

export interface LabelFile {
  readonly path: string;
  /** What it is called on pages: its name, or its place in the folder that was given. */
  readonly name: string;
  readonly format: LabelFormat;
}

function formatOf(path: string): LabelFormat | undefined {
  const name = path.toLowerCase().replace(/\.gz$/, '');
  if (/\.(jsonl|ndjson)$/.test(name)) return 'jsonl';
  if (name.endsWith('.json')) return 'json';
  if (/\.(csv|tsv)$/.test(name)) return 'table';
  return /\.parquet$/i.test(path) ? 'table' : undefined;
}

/**
 * The files of labels that a path leads to, by name: itself, or those in a folder. Of a tree of Neuronpedia's, which holds
 * features and activations too, only those in folders called `explanations`.
 */
export async function labelFiles(path: string): Promise<LabelFile[]> {
  const kind = await pathKind(path);
  if (kind === 'missing') throw new UserError(`file not found: ${path}`);
  if (kind !== 'folder') {
    const format = formatOf(path);
    if (format) return [{ path, name: basename(path), format }];
    throw new UserError(`unknown format of labels: ${path}, expected .jsonl, .json, .csv, .tsv or .parquet`);
  }
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .toSorted();
  const isExplanation = (file: string) => relative(path, file).split(sep).slice(0, -1).includes('explanations');
  const explained = files.filter(isExplanation);
  const found = (explained.length > 0 ? explained : files).flatMap((file): LabelFile[] => {
    const format = formatOf(file);
    return format ? [{ path: file, name: [basename(path), relative(path, file)].join('/'), format }] : [];
  });
  if (found.length > 0) return found;
  throw new UserError(`no labels in ${path}, expected .jsonl, .json, .csv, .tsv or .parquet files, or a run of Delphi`);
}
