import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test } from 'vitest';

const repository = fileURLToPath(new URL('../../', import.meta.url));
let folder: string;

/** A program of the repository's that does nothing but what `script` says. */
function program(path: string, script: string): void {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

/** A vitest that reports so many tests, to the file that its last argument names. */
const vitest = (passed: number, failed: number): string => `
for last in "$@"; do :; done
echo '{"numPassedTests": ${passed}, "numFailedTests": ${failed}}' > "\${last#*=}"
exit ${failed > 0 ? 1 : 0}`;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atlas-proof-'));
  for (const part of ['pipeline/setup', 'bin']) cpSync(join(repository, part), join(folder, part), { recursive: true });
  for (const name of ['tsc', 'astro', 'svelte-check', 'biome', 'depcruise', 'knip'])
    program(`node_modules/.bin/${name}`, 'exit 0');
  program('node_modules/.bin/vitest', vitest(20, 0));
  program('node_modules/node/bin/node', '[ $# = 1 ] || echo "atlas $2"');
  program('browser', 'exit 0');
});

function prove(): { status: number | null; lines: string[] } {
  const code = `import { prove } from '${join(folder, 'pipeline/setup/proof.mjs')}'; process.exitCode = await prove();`;
  const env = { ...process.env, CHROMIUM_PATH: join(folder, 'browser') };
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    env,
  });
  return { status, lines: stdout.trim().split('\n') };
}

test('every step runs, and the last line counts the tests of all of them', () => {
  const { status, lines } = prove();
  expect(status).toBe(0);
  expect(lines.filter((line) => line.startsWith('atlas '))).toEqual(['atlas run', 'atlas site']);
  expect(lines.at(-1)).toBe('40 passed, 0 failed');
});

test('a failed test ends it, with its exit code and the count', () => {
  program('node_modules/.bin/vitest', vitest(18, 2));
  const { status, lines } = prove();
  expect(status).toBe(1);
  expect(lines).not.toContain('atlas run');
  expect(lines.at(-1)).toBe('18 passed, 2 failed');
});

test('a step that fails before any test counts as one failure', () => {
  program('node_modules/.bin/tsc', 'exit 2');
  const { status, lines } = prove();
  expect(status).toBe(2);
  expect(lines).not.toContain('── lint and format');
  expect(lines.at(-1)).toBe('0 passed, 1 failed');
});
