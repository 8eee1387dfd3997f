import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainSchema } from '../../pipeline/config.ts';
import { run } from '../../pipeline/run.ts';
import { trainSaes } from '../../pipeline/training/train-saes.ts';
import { writeTinyModel } from '../training/tiny-model.ts';
import { checkCrashPoints } from './crash-points.ts';
import { leapingEffects, quickConfig } from './quick-case.ts';
import { removeTemporaryFolders } from './reference-case.ts';

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

describe('stopped before any of its file operations and taken up again, to the same bytes and no litter,', () => {
  it('is a run', { timeout: 600_000 }, async () => {
    const stops = await checkCrashPoints({ command: (out) => run(quickConfig(out), leapingEffects().effects) });
    expect(stops).toBeGreaterThan(60);
  });

  it('is a training', { timeout: 300_000 }, async () => {
    const sizes = { dSae: 24, tokens: 2048, batchTokens: 64, warmupSteps: 5, resampleEvery: 10, threads: 1 };
    const settings = (out: string) =>
      trainSchema.parse({ model: tiny.model, corpus: [tiny.corpus], out, layers: [1], ...sizes });
    const stops = await checkCrashPoints({ command: (out) => trainSaes(settings(out), leapingEffects().effects, 0) });
    expect(stops).toBeGreaterThan(30);
  });
});
