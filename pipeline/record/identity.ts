import { createHash } from 'node:crypto';
import { filesRead } from '../files/files-read.ts';
import { sha256File } from '../files/hash.ts';
import { openModel } from '../files/model/model-dir.ts';
import { nameIn } from '../files/name-in.ts';
import { readTokenizerFiles } from '../files/tokenizer/tokenizer-files.ts';
import type { SaeSource } from '../sae/formats/sae-dir.ts';
import type { Identity } from './run-record.ts';

/** A file under the name that a run gives it: `model/config.json`, never where on a disk it is. */
export interface NamedFile {
  readonly file: string;
  readonly path: string;
}

/**
 * What files hold and what they are called. `sha256` is that of the list of them as `sha256sum` would print it, a line
 * each: the hash, two spaces, the name.
 */
export async function identify(named: readonly NamedFile[]): Promise<Identity> {
  const files: Identity['files'] = [];
  for (const { file, path } of named) files.push({ file, sha256: await sha256File(path) });
  const list = files.map(({ file, sha256 }) => `${sha256}  ${file}\n`).join('');
  return { sha256: createHash('sha256').update(list).digest('hex'), files };
}

/** A model: its config and every file of weights, by name. */
export const modelIdentity = (dir: string): Promise<Identity> =>
  identifyIn(dir, async () => (await openModel(dir)).close());

/** A tokenizer: every file that reading it reads. */
export const tokenizerIdentity = (dir: string): Promise<Identity> => identifyIn(dir, () => readTokenizerFiles(dir));

/** An SAE: its config, where it has one, and its weights. */
export const saeIdentity = ({ root, configPath, weightsPath }: SaeSource): Promise<Identity> =>
  identify([configPath ?? [], weightsPath].flat().map((path) => ({ path, file: nameIn('saes', root, path) })));

async function identifyIn(dir: string, read: () => Promise<unknown>): Promise<Identity> {
  const files = (await filesRead(read)).map((path) => ({ path, file: nameIn('model', dir, path) }));
  return identify(files.sort((a, b) => (a.file < b.file ? -1 : 1)));
}
