import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Lock {
  packages: Record<string, { version?: string; resolved?: string; optionalDependencies?: Record<string, string> }>;
}

const lock: Lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'));
const entries = Object.entries(lock.packages);

test('the lock names no registry', () => {
  expect(entries.filter(([, entry]) => entry.resolved !== undefined)).toEqual([]);
});

test('the lock holds the packages of every platform, or npm ci refuses it', () => {
  const names = new Set(
    entries.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)),
  );
  const missing = entries.flatMap(([, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !names.has(name)),
  );
  expect(missing, 'run: node pipeline/setup/complete-lock.mjs').toEqual([]);
});
