import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunConfig } from '../config.ts';
import { asUserError } from '../core/system-error.ts';
import { UserError } from '../core/user-error.ts';
import { pathKind, readJsonFile } from '../io/files.ts';
import type { RunInputs } from './inputs.ts';
import { version } from './version.ts';
import { Workspace } from './workspace.ts';

/**
 * Opens OUT for a run: new, or interrupted and now taken up again; nothing when OUT holds this very run, whole.
 * Throws UserError when OUT holds a finished run of other settings, which stays as it is.
 */
export async function startRun(config: RunConfig, inputs: RunInputs): Promise<Workspace | undefined> {
  const fingerprint = fingerprintOf(config, inputs);
  await makeFolder(config.out);
  const record = join(config.out, 'run.json');
  if ((await pathKind(record)) !== 'file') return Workspace.open(config.out, fingerprint);
  if ((await fingerprintIn(record)) === fingerprint) return undefined;
  throw new UserError(`out holds a finished run of other settings, expected another folder or none there (${record})`);
}

/** Identifies what the tables depend on: inputs by their bytes, and the settings that change numbers. */
export function fingerprintOf(config: RunConfig, { hashes, corpus, contextLength }: RunInputs): string {
  const { tokens, layers, backend, examples, seed, qualityTokens, familyExamples, upstreamExamples, window } = config;
  const { circuitTokens, wiring } = config;
  const sizes = { tokens, examples, qualityTokens, familyExamples, upstreamExamples, circuitTokens, wiring, window };
  const settings = { ...sizes, layers, backend, seed, studies: config.studies };
  const text = JSON.stringify({ version, hashes, corpus: corpus.map(({ sha256 }) => sha256), contextLength, settings });
  return createHash('sha256').update(text).digest('hex');
}

async function fingerprintIn(path: string): Promise<unknown> {
  const record = await readJsonFile(path);
  return typeof record === 'object' && record !== null && 'fingerprint' in record ? record.fingerprint : undefined;
}

/** Makes OUT. Throws UserError where it cannot be made. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    const reason = asUserError(error)?.message ?? String(error);
    throw new UserError(`out cannot be made: ${reason}; expected a folder that can be written (${path})`);
  }
}
