import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asUserError } from '../../pipeline/errors/system-error.ts';
import { type Random, seededRandom } from '../../pipeline/numbers/seeded-random.ts';

/** Something that takes apart what others wrote. */
export interface FuzzTarget {
  readonly name: string;
  /** Its cases to a case of the cheapest targets. */
  readonly share: number;
  /** Makes one input and reads it; files go into `folder`. Anything thrown but a user's mistake is a finding. */
  run(random: Random, folder: string): Promise<void> | void;
}

const limits = { milliseconds: 2000, residentBytes: 1e9 };

/** How an input was taken: read, refused in one line, or otherwise. */
export type Outcome =
  | { readonly kind: 'read' }
  | { readonly kind: 'refused'; readonly line: string }
  | { readonly kind: 'finding'; readonly what: string };

/** Runs a target on the input that a seed gives. */
export async function fuzzCase(
  target: FuzzTarget,
  seed: number,
  folder: string,
  { milliseconds, residentBytes } = limits,
): Promise<Outcome> {
  const begin = process.cpuUsage();
  const outcome = await outcomeOf(target, seed, folder);
  const { user, system } = process.cpuUsage(begin);
  const took = (user + system) / 1000;
  const resident = process.memoryUsage.rss();
  if (took > milliseconds) return { kind: 'finding', what: `took ${Math.round(took)} ms of processor time` };
  if (resident > residentBytes) return { kind: 'finding', what: `${Math.round(resident / 1e6)} MB are in use` };
  return outcome;
}

async function outcomeOf(target: FuzzTarget, seed: number, folder: string): Promise<Outcome> {
  try {
    await target.run(seededRandom(seed), folder);
    return { kind: 'read' };
  } catch (error) {
    const line = asUserError(error)?.message;
    if (line === undefined)
      return { kind: 'finding', what: error instanceof Error ? String(error.stack) : String(error) };
    return isOneLine(line) ? { kind: 'refused', line } : { kind: 'finding', what: `not one line: ${line}` };
  }
}

const isOneLine = (line: string): boolean => line.length <= 700 && line.length > 0 && !/[\p{Cc}\p{Cs}]/u.test(line);

/** Does something with a folder that is removed afterwards. */
export async function withFolder<T>(effect: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'atlas-fuzz-'));
  try {
    return await effect(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
