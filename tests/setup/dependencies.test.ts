import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const {
  dependencies,
  devDependencies,
  peerDependencies,
}: Record<string, Record<string, string>> = JSON.parse(read('package.json'));

/** All source files under the given folders and files. */
const filesOf = (...paths: string[]): string[] =>
  paths.flatMap((path) =>
    /\.\w+$/.test(path)
      ? [path]
      : readdirSync(join(root, path), { recursive: true, encoding: 'utf8' })
          .filter((file) => /\.(ts|mjs|svelte|astro|css)$/.test(file))
          .map((file) => join(path, file)),
  );
const textOf = (files: readonly string[]): string => files.map(read).join('\n');

const shipped = filesOf('pipeline', 'site', 'bin', 'astro.config.mjs');
const imports = (text: string, name: string): boolean => new RegExp(`['"\`]${name}(/[^'"\`]*)?['"\`]`).test(text);

/** Packages whose text the demo reads. */
const texts = read('data/demo.json');

test('every dependency is imported by what is shipped, or read by the demo, not by tests alone', () => {
  const isRead = (name: string) => texts.includes(`node_modules/${name}/`);
  const text = textOf(shipped);
  const idle = Object.keys(dependencies ?? {}).filter((name) => !imports(text, name) && !isRead(name));
  expect(idle).toEqual([]);
});

test('no dependency of tests and tools is imported by what is shipped', () => {
  const text = textOf(shipped.filter((file) => !file.startsWith(join('pipeline', 'setup'))));
  const used = Object.keys(devDependencies ?? {}).filter((name) => imports(text, name));
  const optional = Object.keys(peerDependencies ?? {});
  // node is a name of the program as well.
  const known = [...optional, 'node'];
  expect(used.filter((name) => !name.startsWith('@types/') && !known.includes(name))).toEqual([]);
});
