// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the cases are code

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const biome = resolve('node_modules/@biomejs/biome/bin/biome');
const plugin = resolve('pipeline/setup/no-markup-in-strings.grit');

const refused = [
  "const a = '<p>';",
  'const a = "text</b>";',
  'const a = `<i class=${x}>`;',
  'const a = `\n  <section>\n`;',
  'const a = `x ${y}<br>`;',
  "const a = html`${x ? '<b>' : ''}`;",
  "const a = '<!-- x -->';",
];
const allowed = [
  'const a = html`<p>${x}</p>`;',
  'const a = html`${x && html`<b>`}`;',
  "const a = x < y ? 'a < b' : '1<2';",
  'const a: Map<string, number> = new Map<string, number>();',
  'const a = /<p>/;',
  '// <p>\nconst a = 1;',
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'atlas-lint-'));
  mkdirSync(join(folder, 'code'));
  writeFileSync(
    join(folder, 'biome.json'),
    JSON.stringify({ linter: { rules: { preset: 'none' } }, plugins: [plugin] }),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

test('the lint rule refuses markup in strings and in templates without a tag, and nothing else', () => {
  refused.forEach((text, i) => writeFileSync(join(folder, 'code', `refused-${10 + i}.ts`), text));
  allowed.forEach((text, i) => writeFileSync(join(folder, 'code', `allowed-${10 + i}.ts`), text));
  const { stdout } = spawnSync(process.execPath, [biome, 'lint', '--reporter=json', 'code'], {
    cwd: folder,
    encoding: 'utf8',
  });
  const { diagnostics } = JSON.parse(stdout);
  const places = diagnostics.flatMap(({ category, location }: { category: string; location: { path: string } }) =>
    category === 'plugin' ? [location.path.split('/').at(-1)] : [],
  );
  expect([...new Set(places)].sort()).toEqual(refused.map((_, i) => `refused-${10 + i}.ts`));
});

test('the rule holds for the site', () => {
  const { overrides } = JSON.parse(readFileSync('biome.json', 'utf8'));
  expect(overrides).toContainEqual({
    includes: ['site/**'],
    plugins: ['./pipeline/setup/no-markup-in-strings.grit'],
  });
});
