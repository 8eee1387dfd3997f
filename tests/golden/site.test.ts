import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { globSync } from 'tinyglobby';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { studyNames } from '../../pipeline/measures/studies/catalogue.ts';
import { writeGoldenRun } from './golden-run.ts';
import { expectStored } from './stored-page.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'atlas-golden-'));
const site = join(folder, 'site');

beforeAll(async () => {
  const run = join(folder, 'run');
  await writeGoldenRun(run);
  // As a site with the explorer is built, without publishing a model with it.
  Object.assign(process.env, { ATLAS_RUN: run, ATLAS_URL: '', ATLAS_BULK: 'never' });
  Object.assign(process.env, { ATLAS_EXPLORER: 'yes', ATLAS_JSON: 'yes', ATLAS_DATA: 'yes' });
  process.env.ASTRO_TELEMETRY_DISABLED = '1';
  const { build } = await import('astro');
  await build({ root, outDir: site, base: '/atlas', logLevel: 'silent' });
}, 240_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const plain = [
  'index',
  'features',
  'heads',
  'studies',
  'saes',
  'explorer',
  'methods',
  'compare',
  'data',
  'map',
  'runs',
  '404',
];
const pages = [...plain, 'h/0/1', 'h/1/0', 'families/induction'];
const features = { alive: 'f/1/5', dead: 'f/1/1' };

test.each([...pages, features.alive, features.dead])('the page %s is the stored one', (name) => {
  const page = readFileSync(join(site, `${name}.html`), 'utf8');
  expect(page).not.toMatch(/undefined|NaN|\[object/);
  expectStored(name.replaceAll('/', '-'), page);
});

test('no page has an id twice, so that every link to a section leads to it', () => {
  const built = globSync('**/*.html', { cwd: site });
  expect(built.length).toBeGreaterThan(pages.length);
  const twice = built.flatMap((name) => {
    const ids = [...readFileSync(join(site, name), 'utf8').matchAll(/ id="?([^"\s>]+)/g)].map(([, id]) => id);
    return ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `${name}: ${id}`);
  });
  expect(twice).toEqual([]);
});

test('every link to a definition leads to one', () => {
  const textOf = (name: string) => readFileSync(join(site, name), 'utf8');
  const methods = textOf('methods.html');
  const linked = globSync('**/*.html', { cwd: site }).flatMap((name) =>
    [...textOf(name).matchAll(/methods\.html#([\w-]+)/g)].map(([, id]) => id),
  );
  expect(linked.length).toBeGreaterThan(10);
  expect([...new Set(linked)].filter((id) => !methods.includes(` id="${id}"`))).toEqual([]);
});

test('every page of a feature or a head lies beside itself as JSON, and says where', () => {
  const own = globSync('{f,h}/*/*.html', { cwd: site });
  expect(own).toHaveLength(2 * 12 + 2 * 2);
  for (const name of own) {
    const json = name.replace(/html$/, 'json');
    expect(readFileSync(join(site, name), 'utf8')).toContain(`type=application/json href="/atlas/${json}"`);
    const [, sae, index] = json.split(/[/.]/);
    const { sae: said, feature, head } = JSON.parse(readFileSync(join(site, json), 'utf8'));
    expect([said, feature ?? head]).toEqual([sae, Number(index)]);
  }
  expect(globSync('**/*.json', { cwd: join(site, 'f') })).toHaveLength(2 * 12);
});

test('features alive and dead are among them', () => {
  const isDead = (name: string) => readFileSync(join(site, `${name}.html`), 'utf8').includes('Dead: it was');
  expect(isDead(features.alive)).toBe(false);
  expect(isDead(features.dead)).toBe(true);
});

test('every kind of page has a stored one', () => {
  const kindOf = (name: string) =>
    name
      .replace(/\d+/g, 'N')
      .replace(/^families.*/, 'families')
      .replaceAll('/', '-');
  const built = globSync('**/*.html', { cwd: site }).map((name) => kindOf(name));
  const stored = globSync('**/*.html', { cwd: join(root, 'tests/golden/pages') }).map((name) => kindOf(name));
  const studies = studyNames.map((name) => `studies-${name}.html`);
  expect([...new Set(stored)].sort()).toEqual([...new Set([...built, ...studies])].sort());
});

test('every matched feature of an SAE lies beside the page of two runs as CSV', () => {
  const lines = readFileSync(join(site, 'runs/1.csv'), 'utf8').trimEnd().split('\r\n');
  const page = readFileSync(join(site, 'runs.html'), 'utf8');
  expect(lines.length).toBeGreaterThan(10);
  expect(page).toContain('href="/atlas/runs/1.csv"');
  const densest = lines.filter((line) => line.startsWith('own,') && line.split(',')[3] === '0.4');
  expect(page).toContain(`nothing similar in the other text: ${densest.length}<`);
});
