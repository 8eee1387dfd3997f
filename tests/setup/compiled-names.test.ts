import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

/** Plain JavaScript without types. */
const file = new URL('../../pipeline/setup/compiled-names.mjs', import.meta.url);
const { compiledNames } = await import(file.href);
const folderOf = (source: string) => new URL(`../../${source}/`, import.meta.url);

test.each([
  ["import { a } from '../a.ts';", "import { a } from '../a.js';"],
  ["import './a.ts';", "import './a.js';"],
  ["await import('./a.ts')", "await import('./a.js')"],
  ['type A = import("./a.ts").A', 'type A = import("./a.js").A'],
  ["new URL('./heartbeat.ts', import.meta.url)", "new URL('./heartbeat.js', import.meta.url)"],
  ["import url from './worker.ts?url';", "import url from './worker.js?url';"],
])('a module is named as it is once compiled: %s', (source, compiled) => {
  expect(compiledNames(source)).toBe(compiled);
});

test.each(["import a from './a.svelte';", "console.log('node a.ts');", "import { x } from 'typescript';"])(
  'what names no module of ours stays: %s',
  (source) => expect(compiledNames(source)).toBe(source),
);

test('no module of pipeline or site names another in a way that stays TypeScript’s', async () => {
  const left: string[] = [];
  for (const source of ['pipeline', 'site']) {
    for (const path of await readdir(folderOf(source), { recursive: true })) {
      if (!/\.(ts|astro|svelte)$/.test(path) || path.startsWith('setup')) continue;
      const code = compiledNames(await readFile(new URL(path, folderOf(source)), 'utf8'));
      left.push(...[...code.matchAll(/['"]\.{1,2}\/[^'"\n]+\.ts['"]/g)].map(([name]) => `${source}/${path}: ${name}`));
    }
  }
  expect(left).toEqual([]);
});
