import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordingEffects, silentEffects } from '../../pipeline/effects.ts';
import { runRecord } from '../../pipeline/record/run-record.ts';
import { recordedIn } from '../../pipeline/record/workspace.ts';
import { run } from '../../pipeline/run.ts';
import { tables } from '../../pipeline/tables/schema.ts';
import { referenceConfig, removeTemporaryFolders, runReference, temporaryFolder } from './reference-case.ts';

const seed = 7;
/** All but those that `atlas label` and `atlas compare` add to a finished run, and curves, which these SAEs do not have. */
const absent = /^(?:labels|label_answers|compared_\w+|training_curve)$/;
const tablesOfRun = Object.keys(tables).filter((table) => !absent.test(table));

let uninterrupted: string;
let whole: Record<string, string>;

beforeAll(async () => {
  uninterrupted = await runReference(seed);
  whole = await hashesOf(uninterrupted);
}, 120_000);
afterAll(removeTemporaryFolders);

/** SHA-256 of every Parquet file of a run, by path. */
async function hashesOf(out: string): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const table of tablesOfRun) {
    for (const file of await readdir(join(out, table))) {
      hashes[`${table}/${file}`] = createHash('sha256')
        .update(await readFile(join(out, table, file)))
        .digest('hex');
    }
  }
  return hashes;
}

/** Effects that stop the run, as a kill would, when a progress report of one stage reaches a number. */
function stoppingAt(label: string, at: number) {
  // A clock that leaps forward makes every segment commit.
  let nowMs = 0;
  return {
    ...silentEffects(),
    now: () => (nowMs += 60_000),
    progress: (name: string) => ({
      update(done: number) {
        if (name === label && done >= at) throw new Error('stopped');
      },
      end() {},
    }),
  };
}

describe('the bytes of the tables', { timeout: 120_000 }, () => {
  it('do not depend on how many contexts a forward pass takes', async () => {
    for (const batch of [1, 50]) expect(await hashesOf(await runReference(seed, { batch }))).toEqual(whole);
  });

  it.each([
    ['activations', 100],
    ['activations', 4000],
    ['quality', 1],
    ['feature tables', 48],
  ])('are the same when the run was stopped in %s at %i and resumed', async (label, at) => {
    const config = referenceConfig(seed, await temporaryFolder(), { segmentTokens: 1000 });
    await expect(run(config, stoppingAt(label, at))).rejects.toThrow('stopped');
    await run({ ...config, batch: 5 }, silentEffects());
    expect(await hashesOf(config.out)).toEqual(whole);
  });

  it('need no second measurement of what was done when the run was stopped', async () => {
    const config = referenceConfig(seed, await temporaryFolder());
    await expect(run(config, stoppingAt('wiring', 2))).rejects.toThrow('stopped');
    const reported: string[] = [];
    const effects = silentEffects();
    const progress: typeof effects.progress = (name, ...of) => {
      reported.push(name);
      return effects.progress(name, ...of);
    };
    await run(config, { ...effects, progress });
    expect(await hashesOf(config.out)).toEqual(whole);
    const again = reported.filter((name) => /^(quality|context cuts|sequences|upstream)/.test(name));
    expect(again).toEqual([]);
    expect(reported).toContain('feature tables');
  });

  it.each([
    ['activations', 4000],
    ['quality', 1],
  ])('come with the pace of what was recorded since the run was stopped in %s', async (label, at) => {
    const config = referenceConfig(seed, await temporaryFolder(), { segmentTokens: 1000 });
    await expect(run(config, stoppingAt(label, at))).rejects.toThrow('stopped');
    const { contexts: before } = await recordedIn(join(config.out, '.work'));
    const { effects, lines } = recordingEffects();
    await run(config, effects);
    const { counts, timings } = runRecord.parse(JSON.parse(await readFile(join(config.out, 'run.json'), 'utf8')));
    const perContext = counts.tokens / counts.contexts;
    const rate = Math.round((perContext * (counts.contexts - before)) / (timings.activations ?? 0));
    expect(before).toBeGreaterThan(0);
    const pace = before < counts.contexts ? ` (${rate} tokens/s)` : '';
    expect(lines.at(-1)?.endsWith(` features alive on ${counts.tokens} tokens${pace}`)).toBe(true);
  });

  it('leave nothing of the work behind', async () => {
    expect((await readdir(uninterrupted)).sort()).toEqual([...tablesOfRun, '.local', 'run.json'].sort());
  });
});
