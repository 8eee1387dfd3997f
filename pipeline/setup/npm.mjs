import { spawnSync } from 'node:child_process';
import { delimiter } from 'node:path';
import { binFolder, isWindows, pathKey, root } from './paths.mjs';

/** Runs npm in the project: the very one that started us, else the one on PATH. */
export function npm(args, options = {}) {
  // npm run prepends node_modules/.bin, whose node an installation may be about to replace.
  const PATH = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== binFolder)
    .join(delimiter);
  const settings = { cwd: root, ...options, env: { ...process.env, [pathKey]: PATH, ...options.env } };
  const { npm_execpath: cli, npm_node_execpath: node } = process.env;
  return cli && node
    ? spawnSync(node, [cli, ...args], settings)
    : spawnSync('npm', args, { ...settings, shell: isWindows });
}
