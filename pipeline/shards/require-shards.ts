import { join } from 'node:path';
import type { RunConfig } from '../commands/run.ts';
import { UserError } from '../errors/user-error.ts';
import { pathKind } from '../files/files.ts';
import type { RunInputs } from '../record/inputs.ts';
import { describeRun } from '../record/start-run.ts';
import { readPlan, requireSamePlan } from './plan.ts';

/** Throws UserError where OUT holds parts of a run: a run without parts would throw them away. */
export async function refuseShards(out: string): Promise<void> {
  const plan = await readPlan(out);
  if (!plan) return;
  throw new UserError(
    `out holds a run in ${plan.of} parts, expected run --shard I/${plan.of} and then merge; or remove ${join(out, '.work')} to begin anew`,
  );
}

/** Throws UserError unless OUT holds parts of this very run, or the run whole. */
export async function requireShards(config: RunConfig, inputs: RunInputs): Promise<void> {
  const plan = await readPlan(config.out);
  if (plan) {
    requireSamePlan(config.out, plan, describeRun(config, inputs));
  } else if ((await pathKind(join(config.out, 'run.json'))) !== 'file') {
    throw new UserError(`no parts of a run in ${config.out}, expected those that run --shard I/N makes`);
  }
}
