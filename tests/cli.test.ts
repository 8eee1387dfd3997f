import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { commands } from '../pipeline/commands.ts';

const cli = fileURLToPath(new URL('../pipeline/cli.ts', import.meta.url));
const node = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));

function atlas(...argv: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(node, [cli, ...argv], { encoding: 'utf8' });
}

test('without a command it lists the commands', () => {
  const { status, stdout } = atlas();
  expect(status).toBe(0);
  for (const { name } of commands) expect(stdout).toMatch(new RegExp(`^ {2}${name} +\\S`, 'm'));
});

test('it says its version, which is the package’s', () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(atlas('--version')).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
});

test('help of a command lists its flags, defaults and what is required, and computes nothing', () => {
  const { status, stdout } = atlas('run', '--help');
  expect(status).toBe(0);
  expect(stdout).toMatch(/--model DIR +.*\(required\)/);
  expect(stdout).toMatch(/--examples N +top examples per feature \[20\]/);
  expect(atlas('demo', '--help').stdout).toContain('--no-serve');
});

test('a mistake is one line on stderr, exit code 1', () => {
  const { status, stdout, stderr } = atlas('rnu');
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toBe('atlas: unknown command rnu, did you mean run?\n');
});

test('a flag without its value is one line on stderr, exit code 1', () => {
  const { status, stderr } = atlas('site', '--run');
  expect(status).toBe(1);
  expect(stderr).toBe('atlas: --run has no value, expected DIR: tables that run wrote\n');
});
