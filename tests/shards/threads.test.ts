import { existsSync, truncateSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunConfig } from '../../pipeline/commands/run.ts';
import { type Effects, recordingEffects, silentEffects } from '../../pipeline/effects.ts';
import { type StudyRecord, studyRecordFile } from '../../pipeline/measures/studies/study-record.ts';
import { sampleSizes } from '../../pipeline/record/run-samples.ts';
import { run } from '../../pipeline/run.ts';
import { tables } from '../../pipeline/tables/schema.ts';
import { contentsOf } from '../run/quick-case.ts';
import { referenceConfig, removeTemporaryFolders, temporaryFolder } from '../run/reference-case.ts';

const sizes = { ...sampleSizes, dividedTokens: 1 };
/** Every measure; neither segments nor batches begin where parts do. */
const settings = {
  examples: 3,
  segmentTokens: 150,
  batch: 3,
  headSequences: 3,
  studies: ['induction', 'ioi'] as const,
};
let alone: Record<string, string>;

const newConfig = async (threads: number): Promise<RunConfig> => {
  const studies = [...settings.studies];
  return referenceConfig(7, await temporaryFolder(), { ...settings, studies, threads, backend: 'onnx-cpu' });
};

async function tablesOf(out: string): Promise<Record<string, string>> {
  const contents = await contentsOf(out);
  return Object.fromEntries(Object.entries(contents).filter(([path]) => (path.split('/')[0] ?? '') in tables));
}

/** Effects that note what progress is reported of, and fail there where they are told to. */
function watched(fail: (label: string, done: number) => boolean = () => false) {
  const labels: string[] = [];
  const effects: Effects = {
    ...silentEffects(),
    progress(label) {
      labels.push(label);
      return {
        update(done) {
          if (fail(label, done)) throw new Error('killed');
        },
        end() {},
      };
    },
  };
  return { effects, labels };
}

beforeAll(async () => {
  const config = await newConfig(1);
  await run(config, silentEffects(), sizes);
  alone = await tablesOf(config.out);
}, 120_000);
afterAll(removeTemporaryFolders);

describe('a run whose work is divided among threads', { timeout: 120_000 }, () => {
  it.each([2, 3])('gives the bytes of one thread: %i', async (threads) => {
    const config = await newConfig(threads);
    const { effects, labels } = watched();
    await run(config, effects, sizes);
    expect(labels).toContain('joining');
    expect(Object.keys(alone).length).toBeGreaterThan(12);
    expect(await tablesOf(config.out)).toEqual(alone);
  });

  it('counts the families of its own features in the study of them, once their tables are there', {
    timeout: 600_000,
  }, async () => {
    const config = await newConfig(2);
    await run({ ...config, studies: ['families'] }, silentEffects(), sizes);
    const record: StudyRecord = JSON.parse(await readFile(studyRecordFile(config.out, 'families'), 'utf8'));
    expect(record.notes).toEqual([]);
    expect(record.verdict).toContain('At this run’s mix of families');
    expect(record.forwardPasses).toBe(197);
  });

  it('is recorded again where the state of what a thread recorded is damaged', async () => {
    const config = await newConfig(2);
    const state = join(config.out, '.work', 'threads', '1-of-2', 'state.json');
    const { effects, lines } = recordingEffects();
    const damaging = (label: string) => ({
      update() {},
      end() {
        if (label === 'activations' && existsSync(state)) truncateSync(state, 20);
      },
    });
    await run(config, { ...effects, progress: damaging }, sizes);
    expect(lines.join('\n')).toMatch(/^damaged working file: .*1-of-2.*: the corpus is recorded again$/m);
    expect(await tablesOf(config.out)).toEqual(alone);
  });

  it('is not divided where the corpus is short, or there is one thread', async () => {
    const config = await newConfig(2);
    const { effects, labels } = watched();
    await run({ ...config, studies: [] }, effects);
    await run({ ...(await newConfig(1)), studies: [] }, effects, sizes);
    expect(labels).not.toContain('joining');
  });

  it.each([
    ['while the corpus is recorded', 'activations'],
    ['while what threads recorded is joined', 'joining'],
    ['while a companion computes ahead', 'feature tables'],
  ])('takes up where it was ended %s', async (_, ended) => {
    const config = await newConfig(2);
    const { effects } = watched((label) => label === ended);
    await expect(run(config, effects, sizes)).rejects.toThrow('killed');
    await run({ ...config, threads: ended === 'activations' ? 1 : 2 }, silentEffects(), sizes);
    expect(await tablesOf(config.out)).toEqual(alone);
  });
});
