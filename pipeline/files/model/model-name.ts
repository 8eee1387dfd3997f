import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { readJsonFile } from '../files.ts';

const namedConfig = z.looseObject({ _name_or_path: z.string().min(1) });

/** config.json's `_name_or_path`: the Hub's name or a path, where it has one. */
export async function nameOrPath(dir: string): Promise<string | undefined> {
  const parsed = namedConfig.safeParse(await readJsonFile(join(dir, 'config.json')));
  return parsed.success ? parsed.data._name_or_path : undefined;
}

/** What a model is called: the last part of its config.json's `_name_or_path`, or else its folder. */
export async function modelName(dir: string): Promise<string> {
  const name = lastPart((await nameOrPath(dir)) ?? '');
  return name === '' ? basename(resolve(dir)) : name;
}

/** Of a repository's name, or of a folder's path on whatever system wrote it. */
const lastPart = (path: string): string =>
  path
    .split(/[/\\]/)
    .filter((part) => !['', '.', '..'].includes(part))
    .at(-1) ?? '';
