import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { RunConfig } from '../../pipeline/commands/run.ts';
import { type Effects, recordingEffects } from '../../pipeline/effects.ts';
import { referenceConfig } from './reference-case.ts';

/** One layer of the reference case, the parts left out that only cost time: some tenths of a second a run. */
export function quickConfig(out: string, settings: Partial<RunConfig> = {}): RunConfig {
  const without = {
    upstreamExamples: 0,
    wiring: 0,
    neighbours: 0,
    mapNeighbours: 0,
    circuitTokens: 0,
    familyExamples: 0,
  };
  const small = { layers: [0], tokens: 470, segmentTokens: 250, qualityTokens: 24, examples: 2, batch: 1, threads: 1 };
  return referenceConfig(7, out, { ...without, ...small, ...settings });
}

/** Effects whose clock leaps, so that every segment is committed, and what was logged. */
export function leapingEffects(): { effects: Effects; lines: string[] } {
  let nowMs = 0;
  const { effects, lines } = recordingEffects();
  return { effects: { ...effects, now: () => (nowMs += 200_000) }, lines };
}

/** Every file under a folder, by path; of run.json only what does not change from run to run. */
export async function contentsOf(folder: string): Promise<Record<string, string>> {
  const contents: Record<string, string> = {};
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path);
    contents[name] = entry.isDirectory() ? 'folder' : lasting(name, await readFile(path));
  }
  return contents;
}

function lasting(name: string, bytes: Buffer): string {
  if (!name.endsWith('.json')) return createHash('sha256').update(bytes).digest('hex');
  const record: object = JSON.parse(bytes.toString());
  return JSON.stringify({ ...record, timings: 0, completedAt: 0, elapsedSeconds: 0, config: 0 });
}
