import { cp, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunConfig } from '../../pipeline/commands/run.ts';
import { recordingEffects, silentEffects } from '../../pipeline/effects.ts';
import { measure } from '../../pipeline/run/measure.ts';
import { merge, run } from '../../pipeline/run.ts';
import { tables } from '../../pipeline/tables/schema.ts';
import { contentsOf, leapingEffects, quickConfig } from '../run/quick-case.ts';
import {
  folderOf,
  referenceConfig,
  removeTemporaryFolders,
  runReference,
  temporaryFolder,
} from '../run/reference-case.ts';

const seed = 7;
/** 20 contexts of both layers; neither segments nor batches begin where parts do, and of every part some examples fall out. */
const settings = { layers: [0, 1], segmentTokens: 150, batch: 3, examples: 2, headSequences: 3 };
let whole: Record<string, string>;

beforeAll(async () => {
  const config = await newConfig();
  await run(config, silentEffects());
  whole = await tablesOf(config.out);
}, 120_000);
afterAll(removeTemporaryFolders);

/** A run's tables, their bytes' hashes by path. */
async function tablesOf(out: string): Promise<Record<string, string>> {
  const contents = await contentsOf(out);
  return Object.fromEntries(Object.entries(contents).filter(([path]) => tableOf(path) in tables));
}

const newConfig = async (own: Partial<RunConfig> = {}) => quickConfig(await temporaryFolder(), { ...settings, ...own });

const tableOf = (path: string) => path.split('/')[0] ?? '';

const part = (config: RunConfig, shard: string, effects = silentEffects()) => run({ ...config, shard }, effects);

const merged = (config: RunConfig, effects = silentEffects()) => merge({ ...config, joinOnly: false }, effects);

const partNames = (of: number) => Array.from({ length: of }, (_, i) => `${i + 1}/${of}`);

describe('a run in parts', { timeout: 120_000 }, () => {
  it.each([1, 2, 4, 7])('of %i gives the bytes of one that is whole', async (of) => {
    const config = await newConfig();
    // The last part first: whoever comes first packs the corpus.
    for (const shard of partNames(of).reverse()) await part(config, shard);
    await merged(config);
    expect(await tablesOf(config.out)).toEqual(whole);
    expect((await readdir(config.out)).sort()).toEqual(
      [...new Set(Object.keys(whole).map(tableOf)), '.local', 'run.json'].sort(),
    );
  });

  it('gives the same with every measure, parts at work at once', async () => {
    const config = referenceConfig(seed, await temporaryFolder(), { examples: 5 });
    const unsharded = await tablesOf(await runReference(seed, { examples: 5 }));
    await Promise.all(partNames(3).map((shard) => part(config, shard)));
    await merged(config);
    expect(Object.keys(unsharded).length).toBeGreaterThan(12);
    expect(await tablesOf(config.out)).toEqual(unsharded);
  });

  it('gives the same where its measures are computed in parts at once, too, by another number of processes', async () => {
    const config = referenceConfig(seed, await temporaryFolder(), { examples: 5, studies: ['induction', 'ioi'] });
    const unsharded = await tablesOf(await runReference(seed, { examples: 5, studies: ['induction', 'ioi'] }));
    for (const shard of partNames(2)) await part(config, shard);
    await expect(measure({ ...config, shard: '1/3' }, silentEffects())).rejects.toThrow('are not joined');
    await merge({ ...config, joinOnly: true }, silentEffects());
    const { effects, lines } = recordingEffects();
    await Promise.all(partNames(3).map((shard) => measure({ ...config, shard }, effects)));
    await measure({ ...config, shard: '3/3' }, effects);
    expect(lines.filter((line) => line.includes('of the measures: 0 of its'))).toHaveLength(1);
    const seen: string[] = [];
    const progress = (label: string) => {
      seen.push(label);
      return { update() {}, end() {} };
    };
    await merged(config, { ...silentEffects(), progress });
    expect(seen).not.toContain('quality');
    expect(seen).not.toContain('upstream');
    expect(await tablesOf(config.out)).toEqual(unsharded);
  });

  it('computes parts that share forward passes at once, and none that is stored', async () => {
    const config = await newConfig({ upstreamExamples: 2 });
    await part(config, '1/1');
    await merge({ ...config, joinOnly: true }, silentEffects());
    const seen: string[] = [];
    const { effects, lines } = recordingEffects();
    const progress = (label: string) => {
      seen.push(label);
      return { update() {}, end() {} };
    };
    for (let times = 0; times < 2; times++) await measure({ ...config, shard: '1/1' }, { ...effects, progress });
    expect(seen.filter((label) => label === 'upstream')).toHaveLength(1);
    const said = lines.filter((line) => line.includes('of the measures'));
    expect(said).toEqual([expect.stringMatching(/: (\d+) of its \1 computed/), expect.stringContaining(': 0 of its')]);
  });

  it('may have more parts than contexts', async () => {
    const config = await newConfig({ tokens: 23 * 2 });
    const unsharded = await newConfig({ tokens: 23 * 2 });
    await run(unsharded, silentEffects());
    const { effects, lines } = recordingEffects();
    for (const shard of partNames(5)) await part(config, shard, effects);
    const said = lines.filter((line) => line.includes('is recorded: '));
    expect(said.map((line) => line.replace(/.* is recorded: /, ''))).toEqual([
      ...['no contexts, of which there are fewer than parts', 'no contexts, of which there are fewer than parts'],
      ...['contexts 0 to 0', 'no contexts, of which there are fewer than parts', 'contexts 1 to 1'],
    ]);
    await merged(config);
    expect(await tablesOf(config.out)).toEqual(await tablesOf(unsharded.out));
  });

  it('is done again from where a part died, the others left as they are', async () => {
    const config = await newConfig();
    await part(config, '1/3');
    await part(config, '3/3');
    const { effects } = leapingEffects();
    const dying = {
      ...effects,
      progress: () => ({
        update(done: number) {
          if (done > 100) throw new Error('killed');
        },
        end() {},
      }),
    };
    await expect(part(config, '2/3', dying)).rejects.toThrow('killed');
    await expect(merged(config)).rejects.toThrow(`parts 2/3 of ${config.out} are not recorded`);
    const { effects: heard, lines } = recordingEffects();
    for (const shard of partNames(3)) await part(config, shard, heard);
    expect(lines.filter((line) => line.includes('is recorded already'))).toHaveLength(2);
    await merged(config);
    expect(await tablesOf(config.out)).toEqual(whole);
  });

  it('finishes where joining died', async () => {
    const config = await newConfig();
    for (const shard of partNames(2)) await part(config, shard);
    const dyingAt = (label: string) => ({
      ...silentEffects(),
      progress: (name: string) => ({
        update() {
          if (name === label) throw new Error('killed');
        },
        end() {},
      }),
    });
    await expect(merged(config, dyingAt('joining'))).rejects.toThrow('killed');
    await expect(merged(config, dyingAt('quality'))).rejects.toThrow('killed');
    const { effects, lines } = recordingEffects();
    await part(config, '1/2', effects);
    expect(lines.join('\n')).toContain('are joined already');
    await merged(config);
    expect(await tablesOf(config.out)).toEqual(whole);
  });
});

describe('what does not fit together is refused:', { timeout: 120_000 }, () => {
  it('a part of other settings or inputs, by the name of what differs', async () => {
    const config = await newConfig();
    await part(config, '1/2');
    await expect(part({ ...config, examples: 5 }, '2/2')).rejects.toThrow(
      /^examples is not that of the other parts of this run: 5, expected 2; .*or remove .*\.work/,
    );
    const folder = await temporaryFolder();
    await cp(join(folderOf(seed), 'corpus.jsonl'), join(folder, 'corpus.jsonl'));
    await writeFile(
      join(folder, 'corpus.jsonl'),
      `${await readFile(join(folder, 'corpus.jsonl'), 'utf8')}{"text":"x"}\n`,
    );
    const changed = { ...config, corpus: [join(folder, 'corpus.jsonl')] };
    await expect(part(changed, '2/2')).rejects.toThrow(/^corpus is not that of the other parts/);
    await expect(merged(changed)).rejects.toThrow(/^corpus is not that of the other parts/);
  });

  it('another number of parts, a run without any, and a merge of none', async () => {
    const config = await newConfig();
    await expect(merged(config)).rejects.toThrow(`no parts of a run in ${config.out}`);
    await part(config, '1/2');
    await expect(part(config, '2/3')).rejects.toThrow('is divided into 2 parts, expected --shard I/2, not of 3');
    await expect(run(config, silentEffects())).rejects.toThrow('out holds a run in 2 parts');
  });

  it('a part whose file was damaged, which alone is done again', async () => {
    const config = await newConfig();
    for (const shard of partNames(2)) await part(config, shard);
    await truncate(join(config.out, '.work', 'shards', '2-of-2', 'work', 'activations-1.bin'), 100);
    await expect(merged(config)).rejects.toThrow(/damaged working file.*to be recorded again/);
    await expect(merged(config)).rejects.toThrow('parts 2/2');
    await part(config, '2/2');
    await merged(config);
    expect(await tablesOf(config.out)).toEqual(whole);
  });

  it('measures of work whose state was damaged, which stays as it is', async () => {
    const config = await newConfig();
    await part(config, '1/1');
    await merge({ ...config, joinOnly: true }, silentEffects());
    await truncate(join(config.out, '.work', 'state.json'), 100);
    const work = await readdir(join(config.out, '.work'));
    await expect(measure({ ...config, shard: '1/1' }, silentEffects())).rejects.toThrow(/damaged working file.*state/);
    expect((await readdir(join(config.out, '.work'))).filter((name) => name !== 'measuring')).toEqual(work);
  });

  it('a part whose state was damaged, which alone is done again', async () => {
    const config = await newConfig();
    for (const shard of partNames(2)) await part(config, shard);
    await truncate(join(config.out, '.work', 'shards', '1-of-2', 'work', 'state.json'), 100);
    await expect(merged(config)).rejects.toThrow(/damaged working file.*to be recorded again/);
    await part(config, '1/2');
    await merged(config);
    expect(await tablesOf(config.out)).toEqual(whole);
  });
});
