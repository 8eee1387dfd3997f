import { join } from 'node:path';
import { type RunConfig, runSchema } from '../commands/run.ts';
import { settingsWhere } from '../config/settings-where.ts';
import { makeFolder as makePath } from '../disk/disk.ts';
import { asUserError } from '../errors/system-error.ts';
import { UserError } from '../errors/user-error.ts';
import { pathKind, readJsonFile } from '../files/files.ts';
import { describedInputs } from './described-inputs.ts';
import { fingerprint, textIdentity } from './fingerprint.ts';
import type { RunInputs } from './inputs.ts';
import type { DescribedRun } from './require-same-run.ts';
import { refuseOtherWork, writeStartedRun } from './started-run.ts';
import { Workspace } from './workspace.ts';

/**
 * Opens OUT for a run: new, or interrupted and now taken up again; nothing when OUT holds this very run, whole.
 * Throws UserError when OUT holds a run of other settings, finished or with recorded work, which stays as it is.
 */
export async function startRun(config: RunConfig, inputs: RunInputs): Promise<Workspace | undefined> {
  const own = describeRun(config, inputs);
  await makeFolder(config.out);
  const record = join(config.out, 'run.json');
  if ((await pathKind(record)) !== 'file') return openWork(config.out, own);
  if ((await fingerprintIn(record)) === own.fingerprint) return undefined;
  throw new UserError(`out holds a finished run of other settings, expected another folder or none there (${record})`);
}

async function openWork(out: string, own: DescribedRun): Promise<Workspace> {
  await refuseOtherWork(out, own);
  const workspace = await Workspace.open(out, own.fingerprint);
  await writeStartedRun(out, own);
  return workspace;
}

/** A run as work in OUT is told apart by, with what of it messages can name. */
export const describeRun = (config: RunConfig, inputs: RunInputs): DescribedRun => ({
  fingerprint: fingerprintOf(config, inputs),
  inputs: describedInputs(config, inputs),
});

/** Identifies what the tables depend on: inputs by their bytes and names, and the settings declared to change numbers. */
export function fingerprintOf(
  config: RunConfig,
  { identities, corpus, contextLength, hasBos, curves }: RunInputs,
): string {
  const settings = settingsWhere(runSchema, config, ({ affects }) => affects === 'numbers');
  return fingerprint({
    ...identities,
    corpus: corpus.map(textIdentity),
    settings: { ...settings, context: contextLength, bos: hasBos },
    ...(curves.length > 0 ? { curves } : {}),
  });
}

async function fingerprintIn(path: string): Promise<unknown> {
  const record = await readJsonFile(path);
  return typeof record === 'object' && record !== null && 'fingerprint' in record ? record.fingerprint : undefined;
}

/** Makes OUT. Throws UserError where it cannot be made. */
async function makeFolder(path: string): Promise<void> {
  await makePath(path).catch((error: unknown) => {
    throw new UserError(`out cannot be made: ${asUserError(error)?.message ?? String(error)}`);
  });
}
