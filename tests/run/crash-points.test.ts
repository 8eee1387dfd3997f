import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { siteSchema } from '../../pipeline/commands/site.ts';
import { trainSchema } from '../../pipeline/commands/train.ts';
import { makeFolder } from '../../pipeline/disk/disk.ts';
import { writeFileAtomic } from '../../pipeline/disk/replace-file.ts';
import { familiesConfusion } from '../../pipeline/measures/studies/families/table.ts';
import { inductionCurves } from '../../pipeline/measures/studies/induction/table.ts';
import { writeStudy } from '../../pipeline/measures/studies/run-study.ts';
import { openScratch } from '../../pipeline/measures/studies/scratch.ts';
import { filled } from '../../pipeline/measures/studies/study.ts';
import type { StudyRecord } from '../../pipeline/measures/studies/study-record.ts';
import { publish } from '../../pipeline/publish/publish.ts';
import { writeContexts } from '../../pipeline/record/context-file.ts';
import { ownOut } from '../../pipeline/record/own-out.ts';
import { run } from '../../pipeline/run.ts';
import { trainSaes } from '../../pipeline/training/train-saes.ts';
import { writeTinyModel } from '../training/tiny-model.ts';
import { checkCrashPoints } from './crash-points.ts';
import { leapingEffects, quickConfig } from './quick-case.ts';
import { removeTemporaryFolders, temporaryFolder } from './reference-case.ts';

let dir: string;
let tiny: { model: string; corpus: string };
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'atlas-crash-'));
  tiny = await writeTinyModel(dir);
});
afterAll(async () => {
  await removeTemporaryFolders();
  await rm(dir, { recursive: true, force: true });
});

async function writesStudy(out: string, verdict: string): Promise<void> {
  const model = { name: 'tiny', sha256: 'a' };
  const cost = { forwardPasses: 1, forwardTokens: 2, elapsedSeconds: 3 };
  const identity = { version: '1', fingerprint: 'f', run: null, model };
  const record: StudyRecord = { study: 'induction', ...identity, settings: {}, ...cost, verdict, notes: [] };
  await ownOut(out, 'study', async () => {
    const scratch = await openScratch(out);
    try {
      await writeContexts(scratch.path('contexts.bin'), contexts(), () => {});
      await writeStudy(out, record, [filled(inductionCurves, []), filled(familiesConfusion, [])]);
    } finally {
      await scratch.discard();
    }
  });
}

async function* contexts() {
  yield Int32Array.of(1, 2, 3);
}

describe('stopped before any of its file operations and taken up again, to the same bytes and no litter,', () => {
  it('is a run', { timeout: 600_000 }, async () => {
    const stops = await checkCrashPoints({ command: (out) => run(quickConfig(out), leapingEffects().effects) });
    expect(stops).toBeGreaterThan(60);
  });

  it('is a training', { timeout: 300_000 }, async () => {
    const sizes = { dSae: 24, targetL0: [4], tokens: 1024, batchTokens: 64, epochs: 2, threads: 1 };
    const settings = (out: string) =>
      trainSchema.parse({ model: tiny.model, corpus: [tiny.corpus], out, layers: [1], ...sizes });
    const command = (out: string) => trainSaes(settings(out), leapingEffects().effects, 500_000);
    expect(await checkCrashPoints({ command })).toBeGreaterThan(30);
  });

  it('is a site’s publishing, over an earlier site', { timeout: 300_000 }, async () => {
    const tables = await temporaryFolder();
    await run(quickConfig(tables), leapingEffects().effects);
    const publishes = (text: string) => async (folder: string) => {
      const build = async ({ out }: { readonly out: string }) => {
        for (const name of ['index.html', 'search/index.json', 'f/0/1.html']) {
          await makeFolder(dirname(join(out, name)));
          await writeFileAtomic(join(out, name), JSON.stringify({ text }));
        }
      };
      const config = siteSchema.parse({ run: tables, out: join(folder, 'site'), explorer: false });
      await publish(config, leapingEffects().effects, build);
    };
    const stops = await checkCrashPoints({ prepare: publishes('earlier'), command: publishes('later') });
    expect(stops).toBeGreaterThan(8);
  });

  it('is a study, put into the folder of a finished run that holds an earlier one', { timeout: 300_000 }, async () => {
    const prepare = async (out: string) => {
      await writesStudy(out, 'earlier');
      await writeFile(join(out, 'run.json'), '{}');
    };
    const stops = await checkCrashPoints({ prepare, command: (out) => writesStudy(out, 'later') });
    expect(stops).toBeGreaterThan(25);
  });
});
