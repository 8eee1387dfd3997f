import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { studySchema } from '../pipeline/commands/study.ts';
import { silentEffects } from '../pipeline/effects.ts';
import { families } from '../pipeline/measures/families/maths/family-names.ts';
import type { HeadRow } from '../pipeline/measures/heads/table.ts';
import type { SaeRow } from '../pipeline/measures/quality/table.ts';
import type { FeatureRow } from '../pipeline/measures/statistics/table.ts';
import { inductionHeads } from '../pipeline/measures/studies/induction/table.ts';
import { study } from '../pipeline/measures/studies/study-command.ts';
import { run } from '../pipeline/run.ts';
import { openRun } from '../pipeline/tables/reader.ts';
import { queriedIn } from './example-script.ts';
import { writeIoiCase } from './run/ioi-case.ts';
import { planted, plantedConfig } from './run/planted-case.ts';

/** Where the scripts look for a run, in the folder that they are started from. */
const tables = 'runs/smollm2/tables';
let folder: string;
let saes: SaeRow[];
let heads: HeadRow[];
let features: FeatureRow[];
/** Heads that attend by induction, or may. */
let copying: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atlas-results-'));
  const settings = await plantedConfig(folder, { out: join(folder, tables), studies: ['induction'] });
  await run(settings, silentEffects());
  const reader = await openRun(settings.out);
  saes = await reader.saes();
  heads = await reader.heads();
  features = [];
  for (const [layer, own] of planted.entries()) features.push(...(await reader.features(`${layer}`, 0, own.length)));
  const rows = await reader.studyRows(inductionHeads);
  copying = rows.filter(({ half_prefix }) => half_prefix !== null).length;
  reader.close();
}, 600_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

const resultsOf = async (name: string, where = folder) =>
  queriedIn(where, await readFile(join(import.meta.dirname, '../examples/smollm2/results', `${name}.sql`), 'utf8'));

/** Of a text with a number in it. */
const first = (text: unknown) => Number.parseFloat(String(text));

test('the table of quality has a row an SAE, with the run’s own numbers', async () => {
  const [rows = []] = await resultsOf('quality');
  expect(rows.length).toBe(saes.length);
  for (const [i, { layer, l0, loss_recovered, dead_features }] of saes.entries()) {
    const row = rows[i];
    expect([row?.Layer, row?.['Never active']]).toEqual([layer, dead_features]);
    expect(first(row?.L0)).toBeCloseTo(l0, 1);
    expect(first(row?.['Loss recovered'])).toBeCloseTo(100 * (loss_recovered ?? Number.NaN), 1);
  }
});

test('the table of families counts every family among the active features, and leaves none out', async () => {
  const [rows = []] = await resultsOf('families');
  const named = families.map((family) => `${family[0]?.toUpperCase()}${family.slice(1)}`);
  expect(rows.length).toBe(planted.length);
  for (const row of rows) {
    const own = features.filter(({ layer, count }) => layer === row.Layer && count > 0);
    expect(Number(row.Active)).toBe(own.length);
    for (const [i, name] of named.entries()) {
      const share = own.filter(({ family }) => family === families[i]).length / own.length;
      expect(Math.abs(first(row[name]) - 100 * share), name).toBeLessThan(0.051);
    }
  }
});

test('the tables of heads give each layer’s verdicts, and every head its own', async () => {
  const [byLayer = [], byHead = []] = await resultsOf('heads');
  const verdicts = ['Polysemantic', 'Monosemantic candidates', 'Conflicting evidence', 'Too little evidence'];
  for (const row of byLayer) {
    const own = heads.filter(({ layer }) => layer === row.Layer);
    expect(Number(row.Heads)).toBe(own.length);
    expect(verdicts.reduce((sum, name) => sum + Number(row[name]), 0)).toBe(own.length);
    const polysemantic = own.filter(({ polysemanticity }) => polysemanticity === 'polysemantic').length;
    expect(Number(row.Polysemantic)).toBe(polysemantic);
  }
  expect(byHead.map(({ Head }) => Head)).toEqual(heads.map(({ layer, head }) => `${layer}.${head}`));
  for (const [i, { attention }] of heads.entries())
    expect(first(byHead[i]?.Induction)).toBeCloseTo(attention?.induction_on_repeats ?? Number.NaN, 1);
  expect(byHead.every(({ Copying }) => Number.isFinite(first(Copying)))).toBe(true);
});

test('the table of induction has the one head of the model made by hand that attends so', async () => {
  const [rows = []] = await resultsOf('induction');
  expect(rows.length).toBe(copying);
  expect(rows[0]).toMatchObject({ Head: '1.0', Verdict: 'short-prefix induction', 'Half of it after': 1 });
});

test('the tables of indirect objects have the lead, the features, what they carry and the heads of a known circuit', async () => {
  const able = join(folder, 'able');
  const { model, saes: dir } = await writeIoiCase(able);
  await study(studySchema.parse({ study: 'ioi', model, saes: dir, out: join(able, tables) }), silentEffects());
  const [totals = [], followed = [], patches = [], parts = []] = await resultsOf('ioi', able);
  expect(totals.find((row) => row.Templates === 'all' && row.Order === 'both')?.['Above 0']).toBe('240 of 240');
  expect(followed.length).toBeGreaterThan(1);
  for (const row of followed) expect(first(row['Ablated, the lead changes by'])).toBeLessThan(-1);
  const undone = patches.find((row) => row['Change of the story'] === 'unrelated giver' && row.Patched !== 'chosen');
  expect(first(undone?.Share)).toBeGreaterThan(90);
  expect(parts.map(({ Head, Part }) => [Head, Part])).toEqual(
    expect.arrayContaining([
      ['0.0', 'duplicate token'],
      ['1.1', 'suppressor'],
    ]),
  );
});
