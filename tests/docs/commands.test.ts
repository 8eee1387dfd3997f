import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { commands } from '../../pipeline/commands.ts';
import { parseArguments } from '../../pipeline/config/arguments.ts';
import { flagsOf } from '../../pipeline/config/field.ts';
import { atlasWords, blocksOf, commandsOf, pages } from './fenced-blocks.ts';

const shells = new Set(['', 'sh', 'bash']);
const given = pages
  .flatMap(blocksOf)
  .filter(({ language }) => shells.has(language))
  .flatMap((block) => commandsOf(block).map((command) => ({ place: block.place, words: atlasWords(command) })))
  .flatMap(({ place, words }) => (words ? [{ place, words }] : []));

test('pages hold commands to check', () => {
  expect(given.length).toBeGreaterThan(30);
});

test('every command of the pages exists, and so does each of its flags', () => {
  for (const { place, words } of given) {
    const [name, ...rest] = words;
    const command = commands.find((known) => known.name === name);
    expect(command, `${place}: atlas ${name}`).toBeDefined();
    if (command) expect(() => parseArguments(rest, flagsOf(command.schema), name), place).not.toThrow();
  }
});

test('every settings file that the pages hold has settings of commands alone', () => {
  const settings = new Set(commands.flatMap(({ schema }) => Object.keys(schema.shape)));
  const files = pages.flatMap(blocksOf).filter(({ language, note }) => language === 'json' && note !== '');
  expect(files.length).toBeGreaterThan(0);
  for (const { place, text } of files) {
    const unknown = Object.keys(JSON.parse(text)).filter((key) => !settings.has(key));
    expect(unknown, place).toEqual([]);
  }
});

test('every link of the pages to a file leads to one', () => {
  const root = join(import.meta.dirname, '../..');
  for (const page of pages) {
    const text = readFileSync(join(root, page), 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '');
    for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target) || target.startsWith('#')) continue;
      const file = join(root, dirname(page), target.split('#')[0]);
      expect(existsSync(file), `${page}: ${target}`).toBe(true);
    }
  }
});
