import { resolve } from 'node:path';
import type * as z from 'zod';
import { runSchema } from '../commands/run.ts';
import { parseSettings } from '../config/parse.ts';
import { type Effects, silentEffects } from '../effects.ts';
import type { RunRecord } from '../record/run-record.ts';
import { readRunRecord } from '../tables/read-run-record.ts';
import { checkNode } from './check-node.ts';

/** The settings of `atlas run`, as its config file has them: `{ model, saes, corpus, out, … }`. Paths start from the working folder. */
export type RunSettings = z.input<typeof runSchema>;

/** What a finished run leaves. */
export interface RunResult {
  /** The folder of the tables, as an absolute path: what `openRun` and `atlas site --run` take. */
  readonly out: string;
  /** OUT/run.json: what was run on what, its counts and its timings. */
  readonly summary: RunRecord;
}

/**
 * Corpus → tables, as `atlas run` does; the same settings take an interrupted run up again, and a finished one at once.
 * Without `effects` nothing is printed. Throws UserError, one line, for bad settings, bad input and a Node older than 22.12.
 */
export async function run(settings: RunSettings, effects: Partial<Effects> = {}): Promise<RunResult> {
  checkNode();
  const config = parseSettings({ schema: runSchema, command: 'run', settings, cwd: process.cwd() });
  const { run: runPipeline } = await import('../run.ts');
  const { now: _, ...silent } = silentEffects();
  await runPipeline(config, { now: () => performance.now(), ...silent, ...effects });
  const out = resolve(config.out);
  return { out, summary: await readRunRecord(out) };
}
