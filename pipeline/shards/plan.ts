import { join } from 'node:path';
import * as z from 'zod';
import { makeFolder } from '../disk/disk.ts';
import { readIntactJson, writeSealedJson } from '../disk/sealed-json.ts';
import { type DescribedRun, requireSameRun } from '../record/require-same-run.ts';

const planSchema = z.object({
  /** The run's, and what of it can be named where it differs. */
  fingerprint: z.string(),
  inputs: z.record(z.string(), z.string()),
  /** Parts that the corpus is divided into. */
  of: z.int(),
  contexts: z.int(),
  /** Tokens of a context. */
  length: z.int(),
  /** When the corpus was packed, by the clock of the machine that did. */
  at: z.string(),
  /** Whether the parts are joined. */
  joined: z.boolean(),
  /** Seconds that recording took them all. */
  seconds: z.number().optional(),
});

/** What the parts of a run share: OUT/.work/shards/plan.json, written once the corpus is packed. */
export type ShardPlan = z.infer<typeof planSchema>;

const shardsFolder = (out: string): string => join(out, '.work', 'shards');
const planFile = (out: string): string => join(shardsFolder(out), 'plan.json');

/** The plan of the parts at OUT; undefined where there are none. */
export const readPlan = (out: string): Promise<ShardPlan | undefined> => readIntactJson(planFile(out), planSchema);

export async function writePlan(out: string, plan: ShardPlan): Promise<void> {
  await makeFolder(shardsFolder(out));
  await writeSealedJson(planFile(out), plan);
}

/** Throws UserError unless the parts at OUT are of the same inputs and settings, naming what is not. */
export function requireSamePlan(out: string, plan: ShardPlan, own: DescribedRun): void {
  requireSameRun(own, plan, { of: 'the other parts of this run', work: join(out, '.work') });
}
