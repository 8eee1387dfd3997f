import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pathKind } from '../pipeline/files/files.ts';
import { writeTinyModel } from './training/tiny-model.ts';

const cli = fileURLToPath(new URL('../pipeline/cli.ts', import.meta.url));
const node = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));

let dir: string;
let inputs: { model: string; corpus: string };
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'atlas-interrupt-'));
  inputs = await writeTinyModel(dir);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** A training that would go on for minutes, once it has begun. */
async function startTraining(out: string) {
  const sizes = [
    '--d-sae',
    '24',
    '--target-l0',
    '4',
    '--batch-tokens',
    '64',
    '--tokens',
    '100000000',
    '--threads',
    '1',
  ];
  const child = spawn(node, [cli, 'train', '--model', inputs.model, '--corpus', inputs.corpus, '--out', out, ...sizes]);
  let stderr = '';
  child.stderr.on('data', (piece) => (stderr += piece));
  const ended = once(child, 'exit');
  while ((await pathKind(join(out, 'checkpoint'))) !== 'folder' && child.exitCode === null) await wait(20);
  return { child, ended, stderr: () => stderr };
}

test('Ctrl-C says that the same command resumes, stops at a safe place and gives the folder back', async () => {
  const out = join(dir, 'once');
  const { child, ended, stderr } = await startTraining(out);
  child.kill('SIGINT');
  child.kill('SIGINT'); // as npm passes it on
  expect(await ended).toEqual([130, null]);
  expect(stderr()).toMatch(/\natlas: stopping: the same command takes the work up again; again, and it ends at once\n/);
  expect(stderr()).not.toMatch(/ {4}at /);
  expect(await readdir(out)).toEqual(['checkpoint']);
});

test('a request to end the process is taken as well', async () => {
  const { child, ended } = await startTraining(join(dir, 'term'));
  child.kill('SIGTERM');
  expect(await ended).toEqual([143, null]);
});
