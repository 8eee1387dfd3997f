import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RunConfig, runSchema } from '../commands/run.ts';
import { parseConfig } from '../config/parse.ts';
import { installedPackage } from '../files/installed-package.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The settings of the embedded model's run, from data/demo.json; its texts are installed packages'. */
export async function embeddedConfig(): Promise<RunConfig> {
  const args = { given: new Map(), configFile: 'data/demo.json', help: false };
  const config = parseConfig({ schema: runSchema, command: 'demo', args, cwd: root });
  return { ...config, corpus: await Promise.all(config.corpus.map((path) => installedText(path, root))) };
}

/**
 * Where a text of a package is that `path` names in `from`/node_modules: npm may have put the package there or into the
 * node_modules of a folder above.
 */
export async function installedText(path: string, from: string): Promise<string> {
  const [first, ...parts] = relative(from, path).split(sep);
  if (first !== 'node_modules') return path;
  const length = parts[0]?.startsWith('@') ? 2 : 1;
  const found = await installedPackage(from, parts.slice(0, length).join('/'));
  return found === undefined ? path : join(found, parts.slice(length).join('/'));
}
