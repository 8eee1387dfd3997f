import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { studySchema } from '../../pipeline/commands/study.ts';
import { silentEffects } from '../../pipeline/effects.ts';
import * as tables from '../../pipeline/measures/studies/ioi/table.ts';
import { study } from '../../pipeline/measures/studies/study-command.ts';
import { readStudyRecord } from '../../pipeline/measures/studies/study-record.ts';
import { StoredParts } from '../../pipeline/record/stored-parts.ts';
import type { RowOf, Table } from '../../pipeline/store/column-types.ts';
import { openQueries } from '../../pipeline/store/query.ts';
import { selectTable } from '../../pipeline/tables/sql.ts';
import { idleFeatures, writeIoiCase } from './ioi-case.ts';
import { folderOf, removeTemporaryFolders, runReference } from './reference-case.ts';

const cli = fileURLToPath(new URL('../../pipeline/cli.ts', import.meta.url));
const node = fileURLToPath(new URL('../../node_modules/node/bin/node', import.meta.url));

/** The path is drawn through so many features, the strongest. */
const tracedFeatures = 5;

let folder: string;

function stop(): never {
  throw new Error('stopped');
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atlas-ioi-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await removeTemporaryFolders();
});

function atlasStudy(model: string, saes: string | undefined, out: string) {
  const argv = ['study', 'ioi', '--model', model, ...(saes ? ['--saes', saes] : []), '--out', out];
  return spawnSync(node, [cli, ...argv], { encoding: 'utf8' });
}

async function rowsOf<T extends Table>(out: string, table: T): Promise<RowOf<T>[]> {
  const queries = await openQueries(out, [table]);
  const rows = await queries.rows(table.columns, selectTable(table));
  queries.close();
  return rows;
}

describe('a model whose circuit is known', () => {
  let out: string;

  beforeAll(async () => {
    const { model, saes } = await writeIoiCase(join(folder, 'able'));
    out = join(folder, 'able-out');
    const { status, stderr } = atlasStudy(model, saes, out);
    expect([status, stderr.includes('Error')]).toEqual([0, false]);
  });

  it('goes on where it was interrupted, layer by layer, to the same tables', async () => {
    const { model, saes } = await writeIoiCase(join(folder, 'able'));
    const again = join(folder, 'interrupted-out');
    const settings = studySchema.parse({ study: 'ioi', model, saes, out: again });
    const stopping = { ...silentEffects(), progress: () => ({ update: stop, end() {} }) };
    await expect(study(settings, stopping)).rejects.toThrow('stopped');
    const parts = new StoredParts(again);
    const [name = '', ...others] = [...(await parts.stored())];
    expect([name.endsWith('-layer-0'), others]).toEqual([true, []]);
    await study(settings, silentEffects());
    for (const table of [tables.ioiHeads, tables.ioiFeatures, tables.ioiPatches, tables.ioiEdges]) {
      expect(await rowsOf(again, table)).toEqual(await rowsOf(out, table));
    }
    expect((await readStudyRecord(again, 'ioi'))?.settings).toEqual((await readStudyRecord(out, 'ioi'))?.settings);
    expect((await readdir(again)).includes('.work')).toBe(false);
  });

  it('takes what was done as it is stored', async () => {
    const { model, saes } = await writeIoiCase(join(folder, 'able'));
    const again = join(folder, 'stored-out');
    const settings = studySchema.parse({ study: 'ioi', model, saes, out: again });
    const stopping = { ...silentEffects(), progress: () => ({ update: stop, end() {} }) };
    await expect(study(settings, stopping)).rejects.toThrow('stopped');
    const parts = new StoredParts(again);
    const [name = ''] = await parts.stored();
    const stored = await parts.read<{ value: { heads: { toNext: number }[] } }>(name);
    const { heads: kept = [], ...others } = stored?.value ?? {};
    const value = { ...others, heads: kept.map((head) => ({ ...head, toNext: 0.125 })) };
    await parts.write(name, { ...stored, value });
    await study(settings, silentEffects());
    const heads = await rowsOf(again, tables.ioiHeads);
    expect(heads.map(({ layer, to_next }) => [layer, to_next === 0.125])).toEqual([
      [0, true],
      [0, true],
      [1, false],
      [1, false],
    ]);
  });

  it('does the task, by every template and order', async () => {
    const answers = await rowsOf(out, tables.ioiAnswers);
    expect(answers.length).toBe(30);
    for (const { habit, positive, best, prompts } of answers) {
      expect([habit, positive, best, prompts]).toEqual(['solves it', 8, 8, 8]);
    }
    expect((await readStudyRecord(out, 'ioi'))?.verdict).toMatch(/^The model does indirect-object identification/);
  });

  it('has its heads named by their work', async () => {
    const heads = await rowsOf(out, tables.ioiHeads);
    const roles = Object.fromEntries(heads.map((row) => [`${row.layer}.${row.head}`, row.roles]));
    expect(roles).toMatchObject({ '0.0': ['duplicate token'], '0.1': [], '1.1': ['suppressor'] });
  });

  it('has its heads’ direct attributions sum to the logit difference', async () => {
    const heads = await rowsOf(out, tables.ioiHeads);
    expect(heads.map(({ layer, head }) => `${layer}.${head}`).toSorted()).toEqual(['0.0', '0.1', '1.0', '1.1']);
    const [total] = (await rowsOf(out, tables.ioiTotals)).filter(({ story_order }) => story_order === 'both');
    const written = heads.reduce((sum, { direct }) => sum + direct.mean, 0);
    expect(Math.abs(written - (total?.difference.mean ?? Number.NaN))).toBeLessThan(1e-3);
  });

  it('needs the features that carry names, and no other', async () => {
    const features = await rowsOf(out, tables.ioiFeatures);
    const idle = features.filter(({ feature }) => idleFeatures.includes(feature));
    const carriers = features.filter(({ feature }) => !idleFeatures.includes(feature));
    expect(idle.length).toBe(idleFeatures.length);
    expect(carriers.length).toBeGreaterThan(1);
    for (const { effect, active_abba, active_baba } of idle) {
      expect([Math.abs(effect.mean) < 1e-4, active_abba, active_baba]).toEqual([true, 60, 60]);
    }
    // Each prompt's giver is carried by one feature.
    expect(carriers.reduce((sum, { active_abba }) => sum + active_abba, 0)).toBe(60);
    for (const { effect, selectivity } of carriers) {
      expect(effect.mean).toBeLessThan(-1);
      expect(Math.abs(selectivity)).toBeLessThan(0.01);
    }
  });

  it('is undone by the features of an unrelated giver, and not by other places', async () => {
    const patches = (await rowsOf(out, tables.ioiPatches)).filter(({ patched }) => patched === 'layer');
    const by = Object.fromEntries(patches.map((row) => [row.corruption, row]));
    expect(by['unrelated giver']?.explained).toBeGreaterThan(0.9);
    expect(by['unrelated giver']?.explained).toBeLessThan(1.1);
    for (const name of ['shifted', 'conjunction', 'order'])
      expect(Math.abs(by[name]?.effect.mean ?? 9)).toBeLessThan(0.1);
  });

  it('has a path from the name at S1 and S2 through the suppressor to the logits', async () => {
    const edges = await rowsOf(out, tables.ioiEdges);
    const between = (from: string, to: string) => edges.filter((row) => row.from_kind === from && row.to_kind === to);
    const s2 = new Map(between('S2', 'feature').map((row) => [row.to_index, row.value]));
    const shares = between('S1', 'feature').map(({ to_index, through_head, value }) => ({
      through_head,
      both: value + (s2.get(to_index) ?? Number.NaN),
    }));
    expect(shares).toEqual(Array(tracedFeatures).fill({ through_head: 0, both: expect.closeTo(1, 2) }));
    const ends = between('feature at S2', 'head at END');
    const copier = new Map(ends.filter((row) => row.to_index === 0).map((row) => [row.from_index, row.value]));
    const suppressed = ends.filter((row) => row.to_index === 1);
    expect([copier.size, suppressed.length]).toEqual([tracedFeatures, tracedFeatures]);
    for (const { to_layer, from_index, value } of suppressed) {
      expect([to_layer, value < 5 * (copier.get(from_index) ?? Number.NaN)]).toEqual([1, true]);
    }
    const [suppressor] = between('head at END', 'logits');
    expect([suppressor?.from_layer, suppressor?.from_index]).toEqual([1, 1]);
  });
});

it('without SAEs its heads are taken apart as with them, and features are not', async () => {
  const { model } = await writeIoiCase(join(folder, 'bare'));
  const [out, whole] = [join(folder, 'bare-out'), join(folder, 'able-out')];
  const { status, stdout } = atlasStudy(model, undefined, out);
  expect([status, stdout.includes('features at the second subject')]).toEqual([0, false]);
  expect(stdout).toContain('No SAEs were given, so that heads were taken apart and features were not.');
  expect(await rowsOf(out, tables.ioiAnswers)).toEqual(await rowsOf(whole, tables.ioiAnswers));
  expect(await rowsOf(out, tables.ioiHeads)).toEqual(await rowsOf(whole, tables.ioiHeads));
  expect(await rowsOf(out, tables.ioiFeatures)).toEqual([]);
  const ends = (await rowsOf(out, tables.ioiEdges)).map(({ from_kind, to_kind }) => `${from_kind} → ${to_kind}`);
  expect(new Set(ends)).toEqual(new Set(['head at S2 → head at END', 'head at END → logits']));
});

it('a model that cannot do the task says so, and is not taken apart', async () => {
  const { model, saes } = await writeIoiCase(join(folder, 'unable'), false);
  const out = join(folder, 'unable-out');
  expect(atlasStudy(model, saes, out).status).toBe(0);
  const record = await readStudyRecord(out, 'ioi');
  expect(record?.verdict).toMatch(
    /^The model cannot do indirect-object identification: it solves 0 of the 15 IOI templates\. /,
  );
  expect(record?.settings.tails).toBe(0);
  expect((await rowsOf(out, tables.ioiFeatures)).length).toBe(0);
  expect((await rowsOf(out, tables.ioiAnswers)).length).toBe(30);
});

it('a model without names is refused in one line, and leaves nothing behind', async () => {
  const out = join(folder, 'nameless');
  const { status, stderr } = atlasStudy(join(folderOf(7), 'model'), join(folderOf(7), 'saes'), out);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^atlas: too few names for indirect-object identification: 0 of 60 are one token .*\n$/);
  expect(await readdir(folder)).not.toContain('nameless');
});

it('a run of such a model is whole all the same, and says why it was not studied', async () => {
  const run = await runReference(7, { studies: ['ioi'] });
  const record = await readStudyRecord(run, 'ioi');
  expect(record?.verdict).toMatch(/^Not possible with this model: too few names /);
  expect(await readdir(run)).toContain('run.json');
});
