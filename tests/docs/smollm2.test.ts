import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commands } from '../../pipeline/commands.ts';
import { listSaes } from '../../pipeline/sae/formats/sae-dir.ts';
import { atlasWords, blocksOf, commandsOf } from './fenced-blocks.ts';

const root = join(import.meta.dirname, '../..');
const page = 'docs/smollm2.md';
const text = readFileSync(join(root, page), 'utf8');
const settingsFile = 'examples/smollm2/smollm2.json';
const settings: Record<string, unknown> = JSON.parse(readFileSync(join(root, settingsFile), 'utf8'));

/** The commands of atlas on the page, as words. */
const given = blocksOf(page).flatMap((block) => commandsOf(block).flatMap((command) => [atlasWords(command) ?? []]));

test('the page trains, evaluates and runs with the settings file, whose every setting one of them takes', () => {
  const withFile = given.filter((words) => words.includes(settingsFile)).map(([name]) => name);
  expect(withFile).toEqual(expect.arrayContaining(['train', 'evaluate', 'run']));
  const schemas = commands.filter(({ name }) => withFile.includes(name)).map(({ schema }) => schema.shape);
  const known = new Set(schemas.flatMap((shape) => Object.keys(shape)));
  expect(Object.keys(settings).filter((key) => !known.has(key))).toEqual([]);
});

test('the layers that the page says are trained on are those of the settings file', () => {
  const [, sentence = ''] = /SAEs are trained on layers ([\s\S]*?)\.\s/.exec(text) ?? [];
  const named = Array.from(sentence.matchAll(/\d+/g), ([layer]) => Number(layer));
  expect(named.toSorted((a, b) => a - b)).toEqual(settings.layers);
});

test('the SAEs of the repository are of the layers that their command takes, and small', async () => {
  const sources = await listSaes(join(root, 'data/smollm2'));
  const command = given.find((words) => words.includes('data/smollm2')) ?? [];
  expect(command[command.indexOf('--layers') + 1]).toBe(sources.map(({ layer }) => layer).join());
  expect(sources.map(({ config }) => [config.dIn, config.training.contextSize])).toEqual(
    sources.map(() => [576, settings.context]),
  );
  expect(sources.reduce((sum, { weightsPath }) => sum + statSync(weightsPath).size, 0)).toBeLessThan(32e6);
});
