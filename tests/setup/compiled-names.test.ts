import { expect, test } from 'vitest';

/** Plain JavaScript without types. */
const file = new URL('../../pipeline/setup/compiled-names.mjs', import.meta.url);
const { compiledNames } = await import(file.href);

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
