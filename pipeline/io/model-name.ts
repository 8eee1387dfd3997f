import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { readJsonFile } from './files.ts';

const namedConfig = z.looseObject({ _name_or_path: z.string().min(1) });

/** What a model is called: the last part of its config.json's `_name_or_path`, or else its folder. */
export async function modelName(dir: string): Promise<string> {
  const parsed = namedConfig.safeParse(await readJsonFile(join(dir, 'config.json')));
  return basename(resolve(parsed.success ? parsed.data._name_or_path : dir));
}
