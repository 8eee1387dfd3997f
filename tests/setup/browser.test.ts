import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'atlas-browser-'));
const module = fileURLToPath(new URL('../../pipeline/setup/browser.mjs', import.meta.url));

/** A program of that name that ends at once with the given exit code. */
function program(path: string, exitCode: number): string {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `#!/bin/sh\nexit ${exitCode}\n`);
  chmodSync(file, 0o755);
  return file;
}

function findBrowser(env: Record<string, string>): string {
  const code = `import { findBrowser } from '${module}'; console.log(await findBrowser().catch((error) => error.message));`;
  const options = { encoding: 'utf8' as const, env: { CHROMIUM_PATH: '', PATH: '', ...env } };
  return spawnSync(process.execPath, ['--input-type=module', '-e', code], options).stdout.trim();
}

test('the browser that CHROMIUM_PATH names comes first', () => {
  const named = program('named/browser', 0);
  program('bin/chromium', 0);
  expect(findBrowser({ CHROMIUM_PATH: named, PATH: join(folder, 'bin') })).toBe(named);
});

test('a named browser that does not start is a mistake, not a reason to look elsewhere', () => {
  program('bin/chromium', 0);
  const broken = program('broken/browser', 1);
  const expected = `CHROMIUM_PATH is ${broken}, expected a browser that starts`;
  expect(findBrowser({ CHROMIUM_PATH: broken, PATH: join(folder, 'bin') })).toBe(expected);
});

test('on PATH, a program of the right name that does not start is passed over', () => {
  program('stub/chromium-browser', 1);
  const chrome = program('real/google-chrome', 0);
  expect(findBrowser({ PATH: `${join(folder, 'stub')}:${join(folder, 'real')}` })).toBe(chrome);
});
