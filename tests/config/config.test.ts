import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type * as z from 'zod';
import { runSchema } from '../../pipeline/commands/run.ts';
import { siteSchema } from '../../pipeline/commands/site.ts';
import { trainSchema } from '../../pipeline/commands/train.ts';
import { parseArguments } from '../../pipeline/config/arguments.ts';
import { flagsOf } from '../../pipeline/config/field.ts';
import { parseConfig } from '../../pipeline/config/parse.ts';
import { UserError } from '../../pipeline/errors/user-error.ts';
import { studyNames } from '../../pipeline/measures/studies/catalogue.ts';

const folder = mkdtempSync(join(tmpdir(), 'atlas-config-'));
const needed = ['--model', 'm', '--saes', 's', '--corpus', 'c', '--out', 'o'];

function parse<S extends z.ZodObject>(schema: S, command: string, argv: string[]): z.infer<S> {
  const args = parseArguments(argv, flagsOf(schema), command);
  return parseConfig({ schema, command, args, cwd: folder, otherSettings: ['base'] });
}

const run = (...argv: string[]) => parse(runSchema, 'run', argv);

function configFile(name: string, content: unknown): string {
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  return name;
}

function mistake(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error('expected a UserError');
}

test('settings that nobody names take their defaults', () => {
  expect(run(...needed)).toEqual({
    model: join(folder, 'm'),
    saes: join(folder, 's'),
    corpus: [join(folder, 'c')],
    out: join(folder, 'o'),
    examples: 20,
    processing: 'auto',
    anyModel: false,
    dedup: false,
    bos: 'auto',
    shuffle: false,
    batch: 16,
    seed: 0,
    precision: 'f32',
    qualityTokens: 32_768,
    circuitTokens: 4096,
    wiring: 5,
    neighbours: 5,
    headSequences: 10,
    mapNeighbours: 15,
    familyExamples: 3,
    upstreamExamples: 3,
    studies: [...studyNames],
    segmentTokens: 16_384,
    window: { before: 32, after: 8 },
  });
});

test('studies are named one by one or at once, in any order, and none is none', () => {
  expect(run(...needed, '--studies', 'induction').studies).toEqual(['induction']);
  expect(run(...needed, '--studies', 'none').studies).toEqual([]);
  expect(run(configFile('studies.json', { studies: [] }), ...needed).studies).toEqual([]);
  expect(run(...needed, '--studies', [...studyNames].reverse().join(',')).studies).toEqual([...studyNames]);
  expect(mistake(() => run(...needed, '--studies', 'induction,xyz'))).toMatch(
    /^--studies is "induction,xyz", expected any of induction/,
  );
});

test('a flag wins over the config file, and the file over the default', () => {
  const file = configFile('wins.json', { model: 'm', saes: 's', corpus: ['c'], out: 'o', batch: 4, seed: 7 });
  const config = run(file, '--batch', '8');
  expect([config.batch, config.seed, config.examples]).toEqual([8, 7, 20]);
});

test('one side of the window can be set while the other keeps its default', () => {
  expect(run(...needed, '--window-after', '3').window).toEqual({ before: 32, after: 3 });
});

test('paths in a config file start from its folder, those in flags from the working folder', () => {
  const args = parseArguments([join(folder, 'deep', 'c.json'), '--out', 'here'], flagsOf(runSchema), 'run');
  const deep = join(folder, 'deep');
  expect(() => parseConfig({ schema: runSchema, command: 'run', args, cwd: '/elsewhere' })).toThrow('cannot be read');
  configFile('paths.json', { model: '../m', saes: 's', corpus: ['text/*.md', '/abs'], out: 'o' });
  const there = parseArguments([join(folder, 'paths.json'), '--out', 'here'], flagsOf(runSchema), 'run');
  const config = parseConfig({ schema: runSchema, command: 'run', args: there, cwd: deep });
  expect(config.model).toBe(join(folder, '../m'));
  expect(config.corpus).toEqual([join(folder, 'text/*.md'), '/abs']);
  expect(config.out).toBe(join(deep, 'here'));
});

test('a list flag takes words, repeats and commas', () => {
  const config = run(
    '--model',
    'm',
    '--saes',
    's',
    '--out',
    'o',
    '--corpus',
    '/a',
    '/b',
    '--corpus',
    '/c',
    '--layers',
    '0,3',
  );
  expect(config.corpus).toEqual(['/a', '/b', '/c']);
  expect(config.layers).toEqual([0, 3]);
});

test('a single value stands for a list of one, in a flag and in a file', () => {
  const file = configFile('train.json', { model: 'm', corpus: ['c'], out: 'o', targetL0: 2 });
  expect(parse(trainSchema, 'train', [file]).targetL0).toEqual([2]);
  expect(parse(trainSchema, 'train', [file, '--target-l0', '10,28.5']).targetL0).toEqual([10, 28.5]);
});

test('a file may hold settings of other commands, but none that no command has', () => {
  const shared = configFile('shared.json', { model: 'm', saes: 's', corpus: ['c'], out: 'o', base: '/atlas' });
  expect(run(shared)).not.toHaveProperty('base');
  const wrong = configFile('wrong.json', { model: 'm', modle: 'm' });
  expect(mistake(() => run(wrong))).toBe('unknown setting modle, did you mean model? (wrong.json)');
});

test.each([
  [[], 'missing --model DIR of run: model: config.json, model.safetensors, tokenizer.json'],
  [['--modle', 'x'], 'unknown flag --modle of run, did you mean --model?'],
  [['--frobnicate'], 'unknown flag --frobnicate of run, see --help'],
  [['--model', '--saes'], '--model has no value, expected DIR: model: config.json, model.safetensors, tokenizer.json'],
  [[...needed, '--batch', 'abc'], '--batch is "abc", expected a whole number of at least 1'],
  [[...needed, '--batch', '1.5'], '--batch is "1.5", expected a whole number of at least 1'],
  [[...needed, '--batch', ''], '--batch is "", expected a whole number of at least 1'],
  [[...needed, '--layers', '0,x'], '--layers is "0,x", expected a whole number of at least 0'],
  [[...needed, '--seed', '4294967296'], '--seed is "4294967296", expected a whole number from 0 to 4294967295'],
  [['a.json', 'b.json'], 'unexpected argument "b.json" of run, expected CONFIG.json and flags'],
  [['nowhere.json'], 'config file cannot be read: nowhere.json (ENOENT)'],
])('the command line %j is answered with one line', (argv, message) => {
  expect(mistake(() => run(...argv))).toBe(message);
});

test.each([
  [{ batch: 'x' }, 'batch is "x", expected a whole number of at least 1 (bad.json)'],
  [{ corpus: 5 }, 'corpus is [5], expected a path (bad.json)'],
  [{ corpus: [] }, 'corpus is [], expected one or more paths (bad.json)'],
  [{ window: 5 }, 'window is 5, expected an object with before and after (bad.json)'],
  [{ window: { befor: 1 } }, 'unknown setting window.befor (bad.json)'],
  [{ window: { before: -1 } }, 'window.before is -1, expected a whole number of at least 0 (bad.json)'],
  [[1], 'config is not a JSON object (bad.json)'],
  [
    { model: 'a\0b' },
    `model is ${JSON.stringify(`${folder}/a\0b`)}, expected a model directory without NUL characters (bad.json)`,
  ],
  [
    { corpus: '\0' },
    `corpus is ${JSON.stringify([`${folder}/\0`])}, expected a path without NUL characters (bad.json)`,
  ],
])('the config %j is answered with one line that names the file', (content, message) => {
  const base = { model: 'm', saes: 's', corpus: ['c'], out: 'o' };
  const file = configFile('bad.json', Array.isArray(content) ? content : { ...base, ...content });
  expect(mistake(() => run(file))).toBe(message);
});

test('a number too large for any setting is shown as what it is read as', () => {
  const file = configFile('large.json', '{"model": "m", "saes": "s", "corpus": "c", "out": "o", "tokens": 1e400}');
  expect(mistake(() => run(file))).toBe('tokens is "Infinity", expected a whole number of at least 1 (large.json)');
});

test('a config file may begin with a byte-order mark', () => {
  const file = configFile('bom.json', `\ufeff${JSON.stringify({ model: 'm', saes: 's', corpus: ['c'], out: 'o' })}`);
  expect(run(file).model).toBe(join(folder, 'm'));
});

test('a config that is no JSON is answered with one line that names the file', () => {
  const message = mistake(() => run(configFile('broken.json', '{"model": ')));
  expect(message).toMatch(/^config is not valid JSON: .* \(broken\.json\)$/);
  expect(message).not.toContain('\n');
});

test('a base path starts with a slash and holds no characters that a URL would change', () => {
  const site = (base: string) => parse(siteSchema, 'site', ['--run', 'r', '--out', 'o', '--base', base]).base;
  for (const good of ['/', '/atlas', '/a/b/', '/.well-known/..x/a.b']) expect(site(good)).toBe(good);
  for (const bad of ['atlas', '//host', '/a b', '/a?b', '/a"b', '/../x', '/a/..', '/./x', '/.']) {
    expect(mistake(() => site(bad))).toContain('expected a path such as / or /atlas');
  }
});

test('the host of a site is that alone, its path being the base', () => {
  const site = (url: string) => parse(siteSchema, 'site', ['--run', 'r', '--out', 'o', '--url', url]).url;
  expect(site('https://example.org/')).toBe('https://example.org');
  expect(site('http://localhost:8080')).toBe('http://localhost:8080');
  for (const bad of ['example.org', 'https://example.org/atlas', 'ftp://example.org', 'https://a"b']) {
    expect(mistake(() => site(bad))).toContain('expected a host such as https://example.org');
  }
});
