import { readFile, stat } from 'node:fs/promises';
import * as z from 'zod';
import { errorCode } from '../errors/system-error.ts';
import { isRunning } from './process-identity.ts';

const lockSchema = z.object({
  host: z.string(),
  machine: z.string(),
  pid: z.int(),
  started: z.string(),
  since: z.string(),
  command: z.string(),
  token: z.string(),
});

/** Who holds a lock: a process, since when, and what it does there. */
export type LockRecord = z.infer<typeof lockSchema>;

/** A lock file: its text, when it was last written by the file system's clock, and whom it names, if it can be read. */
export interface LockFile {
  readonly text: string;
  readonly writtenMs: number;
  readonly record: LockRecord | undefined;
}

/** How often a holder writes its lock file anew, and how long it may be silent before another machine takes over. */
export const beatMs = 15_000;
const leaseMs = 120_000;

/** Tokens of the locks that this process holds or tries for. */
export const ownTokens = new Set<string>();

export async function readLock(path: string): Promise<LockFile | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    return { text, writtenMs: (await stat(path)).mtimeMs, record: parse(text) };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whether a lock's holder is gone. `nowMs` is the file system's own clock, since machines' clocks differ. */
export function isAbandoned({ record, writtenMs }: LockFile, nowMs: number): boolean {
  const running = record && isRunning(record);
  if (record && running !== undefined) return !running || (record.pid === process.pid && !ownTokens.has(record.token));
  return nowMs - writtenMs > leaseMs;
}

function parse(text: string): LockRecord | undefined {
  try {
    return lockSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
