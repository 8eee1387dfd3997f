import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test } from 'vitest';

const repository = fileURLToPath(new URL('../../', import.meta.url));
let folder: string;

/** Stands for npm: notes that it was called, and installs a `node` and npm's record of what it installed. */
const npm = `
import { appendFileSync, copyFileSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
appendFileSync('npm-calls', process.argv.slice(2).join(' ') + '\\n');
if (process.env.NPM_FAILS) process.exit(7);
mkdirSync('node_modules/node/bin', { recursive: true });
if (!existsSync('node_modules/node/bin/node')) symlinkSync(process.execPath, 'node_modules/node/bin/node');
copyFileSync('package-lock.json', 'node_modules/.package-lock.json');
`;

const lockOf = (version: string): string =>
  JSON.stringify({
    packages: { '': {}, 'node_modules/a': { version }, 'node_modules/b': { version: '1.0.0', optional: true } },
  });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atlas-setup-'));
  for (const part of ['pipeline/setup', 'bin']) cpSync(join(repository, part), join(folder, part), { recursive: true });
  cpSync(join(repository, 'pipeline/setup.mjs'), join(folder, 'pipeline/setup.mjs'));
  writeFileSync(join(folder, 'pipeline/cli.ts'), 'console.log("ran", ...process.argv.slice(2)); process.exitCode = 3;');
  writeFileSync(join(folder, 'npm.mjs'), npm);
  writeFileSync(join(folder, 'package-lock.json'), lockOf('1.0.0'));
});

function setup(
  argv: string[],
  env: Record<string, string> = {},
): { status: number | null; stdout: string; stderr: string } {
  const npmEnv = { npm_execpath: join(folder, 'npm.mjs'), npm_node_execpath: process.execPath, INIT_CWD: folder };
  return spawnSync(process.execPath, [join(folder, 'pipeline/setup.mjs'), ...argv], {
    encoding: 'utf8',
    cwd: folder,
    env: { ...process.env, ...npmEnv, ...env },
  });
}

const npmCalls = (): string[] => {
  const file = join(folder, 'npm-calls');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
};

test('on a bare clone it installs once, then runs the command and hands on its exit code', () => {
  const first = setup(['atlas', 'run', '--x']);
  expect(first).toMatchObject({ status: 3, stdout: 'ran run --x\n' });
  expect(setup(['demo']).stdout).toBe('ran demo\n');
  expect(npmCalls()).toEqual(['ci --include=dev --no-audit --no-fund']);
});

test('a changed lock is installed, an unchanged one that the user installed is not', () => {
  setup(['atlas']);
  writeFileSync(join(folder, 'package-lock.json'), lockOf('2.0.0'));
  setup(['atlas']);
  expect(npmCalls()).toHaveLength(2);
  rmSync(join(folder, 'node_modules/.atlas-lock-sha256'));
  setup(['atlas']);
  expect(npmCalls()).toHaveLength(2);
});

test('an optional package of another platform is not missed, a plain one is', () => {
  setup(['atlas']);
  const record = join(folder, 'node_modules/.package-lock.json');
  const stamp = join(folder, 'node_modules/.atlas-lock-sha256');
  writeFileSync(record, JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }));
  rmSync(stamp);
  setup(['atlas']);
  expect(npmCalls()).toHaveLength(1);
  writeFileSync(record, JSON.stringify({ packages: { 'node_modules/b': { version: '1.0.0' } } }));
  rmSync(stamp);
  setup(['atlas']);
  expect(npmCalls()).toHaveLength(2);
});

test('when npm fails it says so, runs nothing and tries again the next time', () => {
  const failed = setup(['atlas'], { NPM_FAILS: '1' });
  expect(failed).toMatchObject({ status: 7, stdout: '' });
  expect(failed.stderr).toContain('setup: npm ci failed with exit code 7');
  expect(setup(['atlas']).status).toBe(3);
});

test('relative paths of the user start where npm was called', () => {
  const elsewhere = join(folder, 'elsewhere');
  mkdirSync(elsewhere);
  writeFileSync(join(folder, 'pipeline/cli.ts'), 'console.log(process.cwd())');
  const { stdout } = setup(['atlas'], { INIT_CWD: elsewhere, npm_lifecycle_event: 'atlas' });
  expect(stdout.trim()).toBe(elsewhere);
});
