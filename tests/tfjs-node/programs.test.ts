import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const script = fileURLToPath(new URL('../engine/compare-backend.ts', import.meta.url));

it.each([
  ['programs', 16],
  ['ops', 40],
])('agrees with tfjs-cpu to 1e-5 on the %s of a run', async (what, least) => {
  const { stdout } = await promisify(execFile)(process.execPath, [script, 'tfjs-node-gpu', what]);
  const errors: Record<string, number> = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}');
  expect(Object.keys(errors).length).toBeGreaterThanOrEqual(least);
  for (const [name, error] of Object.entries(errors)) expect(error, name).toBeLessThan(1e-5);
});
