import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostileTokens } from '../../bench/synthetic/hostile-tokens.ts';
import { writeSyntheticRun } from '../../bench/synthetic/synthetic-run.ts';
import { UserError } from '../../pipeline/errors/user-error.ts';
import { heads } from '../../pipeline/measures/heads/table.ts';
import { saes } from '../../pipeline/measures/quality/table.ts';
import { double, int, text } from '../../pipeline/store/column-types.ts';
import { openTable } from '../../pipeline/store/writer.ts';
import { openRun, type RunReader } from '../../pipeline/tables/reader.ts';
import { temporaryFolder } from './temporary-folder.ts';

const shape = { layers: 2, features: 40, heads: 4, vocabulary: 60, seed: 7 };

let pristine: string;

beforeAll(async () => {
  pristine = await mkdtemp(join(tmpdir(), 'atlas-'));
  await writeSyntheticRun(pristine, shape);
});

afterAll(() => rm(pristine, { recursive: true, force: true }));

/** A copy of the run, to break. */
async function syntheticRun(): Promise<string> {
  const outDir = await temporaryFolder();
  await cp(pristine, outDir, { recursive: true });
  return outDir;
}

/** What the user is told when the run at outDir is opened and read. */
async function complaint(outDir: string, read = readBlocks): Promise<string> {
  try {
    const run = await openRun(outDir);
    await read(run);
    run.close();
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return error instanceof Error ? error.message.replaceAll(outDir, 'OUT') : '';
  }
  return 'nothing';
}

async function readBlocks(run: RunReader): Promise<void> {
  await run.features('1', 0, 40);
  await run.examples('1', 0, 40);
}

async function readStreams(run: RunReader): Promise<void> {
  for await (const rows of run.featuresOf('1')) for (const _ of rows);
}

describe('a finished run', () => {
  test('has its layers, counts and tables', async () => {
    const run = await openRun(pristine);
    expect(run.saeIds).toEqual(['0', '1']);
    expect(run.counts.features).toBe(80);
    expect(run.record.model.name).toBe('synthetic');
    expect((await run.saes()).map((row) => row.source)).toEqual(['saes/layer-0', 'saes/layer-1']);
    expect((await run.heads()).map((row) => [row.layer, row.head]).slice(3, 6)).toEqual([
      [0, 3],
      [1, 0],
      [1, 1],
    ]);
    expect((await run.vocabulary()).map((row) => row.token).slice(0, hostileTokens.length)).toEqual(hostileTokens);
    expect((await run.contexts(7, 9)).map((row) => row.context)).toEqual([7, 8]);
    run.close();
  });

  test('gives a block of one layer, neither more nor less', async () => {
    const run = await openRun(pristine);
    const block = await run.features('1', 10, 13);
    expect(block.map((row) => [row.layer, row.feature])).toEqual([
      [1, 10],
      [1, 11],
      [1, 12],
    ]);
    expect(await run.features('1', 40, 50)).toEqual([]);
    expect(await run.features('5', 0, 50)).toEqual([]);
  });

  test('answers questions asked at once as it does one by one', async () => {
    const outDir = await temporaryFolder();
    await writeSyntheticRun(outDir, { ...shape, layers: 1, features: 300 });
    const run = await openRun(outDir);
    const one = await run.examples('0', 0, 300);
    const many = await Promise.all([run.examples('0', 0, 300), run.features('0', 0, 300), run.examples('0', 0, 300)]);
    expect(many[0]).toEqual(one);
    expect(many[1]).toHaveLength(300);
    expect(many[2]).toEqual(one);
  });

  test('keeps the sums of what it holds: histogram and count, attribution and activation', async () => {
    const run = await openRun(pristine);
    const examples = await run.examples('0', 0, 40);
    expect(examples.size).toBeGreaterThan(30);
    for (const feature of await run.features('0', 0, 40)) {
      expect(feature.histogram.counts.reduce((a, b) => a + b, 0)).toBe(feature.count);
      for (const row of examples.get(feature.feature) ?? []) {
        expect(row.activations[row.position - row.window_start]).toBe(row.activation);
        const attributed = row.dfa_source?.reduce((a, b) => a + b, feature.constant) ?? row.activation;
        expect(attributed).toBeCloseTo(row.activation, 4);
      }
    }
  });

  test('groups examples by feature, by interval and rank, and leaves dead features out', async () => {
    const run = await openRun(pristine);
    const examples = await run.examples('1', 0, 40);
    const alive = (await run.features('1', 0, 40)).filter((row) => row.count > 0);
    expect([...examples.keys()]).toEqual(alive.map((row) => row.feature));
    for (const rows of examples.values()) {
      const keys = rows.map((row) => row.interval * 100 + row.rank);
      expect(keys).toEqual(keys.toSorted((a, b) => a - b));
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  test('has an index row a feature: its top head, its tokens and its distinct peak tokens by rank', async () => {
    const run = await openRun(pristine);
    const features = await run.features('1', 0, 40);
    const examples = await run.examples('1', 0, 40);
    const index = await run.featureIndexRows('1');
    expect(index.map((row) => row.feature)).toEqual(features.map((row) => row.feature));
    for (const [i, row] of index.entries()) {
      const top = (examples.get(i) ?? []).filter((example) => example.interval === 0);
      const peaks = top.map((example) => example.token_ids[example.position - example.window_start]);
      expect(Array.from(row.activating)).toEqual([...new Set(peaks)].slice(0, 10));
      expect(Array.from(row.promoted)).toEqual(features[i].positive_logits.map((logit) => logit.token_id));
      expect(Array.from(row.suppressed)).toEqual(features[i].negative_logits.map((logit) => logit.token_id));
      expect(row.top_head_weight).toBe(Math.max(...features[i].head_weights));
      expect(features[i].head_weights[row.top_head]).toBe(row.top_head_weight);
    }
  });
});

describe('a broken run is refused in one line', () => {
  test('when there is no run', async () => {
    expect(await complaint(join(await temporaryFolder(), 'nowhere'))).toMatchInlineSnapshot(
      `"no finished run: OUT/run.json is missing, expected a folder written by the run command"`,
    );
  });

  test('when run.json is not JSON, or lacks something', async () => {
    const outDir = await syntheticRun();
    await writeFile(join(outDir, 'run.json'), '{ "version": ');
    expect(await complaint(outDir)).toMatchInlineSnapshot(`"malformed run record: not JSON (OUT/run.json)"`);
    await writeFile(join(outDir, 'run.json'), '{ "version": "0.1.0" }');
    expect(await complaint(outDir)).toMatchInlineSnapshot(
      `"malformed run record: fingerprint: Invalid input: expected string, received undefined (OUT/run.json)"`,
    );
  });

  test('when a table is missing', async () => {
    const outDir = await syntheticRun();
    await rm(join(outDir, 'examples'), { recursive: true });
    expect(await complaint(outDir)).toMatchInlineSnapshot(
      `"table examples is missing: expected OUT/examples/*.parquet"`,
    );
  });

  test('when a column is missing or of another type', async () => {
    const outDir = await syntheticRun();
    const { l0: _, ...columns } = saes.columns;
    await (await openTable(outDir, { ...saes, columns })).close();
    expect(await complaint(outDir)).toMatchInlineSnapshot(`"column saes.l0 is missing, expected DOUBLE (OUT/saes)"`);
    await (await openTable(outDir, { ...saes, columns: { ...saes.columns, l0: text } })).close();
    expect(await complaint(outDir)).toMatchInlineSnapshot(`"column saes.l0 is VARCHAR, expected DOUBLE (OUT/saes)"`);
  });

  test('but one without a column that may be null is read, the column being null', async () => {
    const outDir = await syntheticRun();
    const { polysemanticity: _, ...columns } = heads.columns;
    const run = await openRun(outDir);
    const rows = await run.heads();
    run.close();
    const writer = await openTable(outDir, { ...heads, columns });
    await writer.append(rows);
    await writer.close();
    const older = await openRun(outDir);
    expect(await older.heads()).toEqual(rows.map((row) => ({ ...row, polysemanticity: null })));
    expect(rows.some(({ polysemanticity }) => polysemanticity !== null)).toBe(true);
    older.close();
  });

  test('but one with more columns is read', async () => {
    const outDir = await syntheticRun();
    const more = { extra: int, ...saes.columns, another: double };
    await (await openTable(outDir, { ...saes, columns: more })).close();
    expect(await complaint(outDir)).toBe('nothing');
  });

  test('when a file is damaged inside, cut short or empty', async () => {
    const outDir = await syntheticRun();
    const [name] = await readdir(join(outDir, 'features'));
    const file = join(outDir, 'features', name);
    const bytes = await readFile(file);
    await writeFile(file, bytes.fill(0xff, 400, 6000));
    expect(await complaint(outDir)).toMatchInlineSnapshot(
      `"cannot read Parquet: Invalid Input Error: Failed to read file "OUT/features/part-00000.parquet": ZSTD Decompression failure (OUT)"`,
    );
    expect(await complaint(outDir, readStreams)).toBe(await complaint(outDir));
    await truncate(file, 2000);
    expect(await complaint(outDir)).toMatchInlineSnapshot(
      `"cannot read Parquet: Invalid Input Error: No magic bytes found at end of file 'OUT/features/part-00000.parquet' (OUT/features)"`,
    );
    await writeFile(file, '');
    expect(await complaint(outDir)).toMatchInlineSnapshot(
      `"cannot read Parquet: Invalid Input Error: File 'OUT/features/part-00000.parquet' too small to be a Parquet file (OUT/features)"`,
    );
  });
});
