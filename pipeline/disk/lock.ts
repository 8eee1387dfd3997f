import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { errorCode } from '../errors/system-error.ts';
import { UserError } from '../errors/user-error.ts';
import { clearCandidates } from './clear-candidates.ts';
import { linkFile, makeFolder, removePath, renamePath } from './disk.ts';
import { DiskFile } from './disk-file.ts';
import { LockHeld } from './lock-held.ts';
import { beatMs, isAbandoned, type LockFile, type LockRecord, ownTokens, readLock } from './lock-record.ts';
import { ownIdentity } from './process-identity.ts';

/** The right to write somewhere, which one process has at a time. */
export interface Lock {
  /** Throws UserError where another took the lock over, after this process had seemed to be gone. */
  check(): Promise<void>;
  release(): Promise<void>;
}

/** What a lock is taken for: the command, and the file or folder that it writes. */
export interface LockPurpose {
  readonly command: string;
  readonly subject: string;
}

/**
 * Takes a lock: a file at `path` that names its holder, made by a hard link, which only one can make. A lock whose holder
 * is gone is taken over: known at once of a process of this machine, of others after two minutes without a sign of life.
 * Throws UserError with the holder's name where it is held.
 */
export async function takeLock(path: string, { command, subject }: LockPurpose): Promise<Lock> {
  const record: LockRecord = { ...ownIdentity(), since: new Date().toISOString(), command, token: randomUUID() };
  const text = `${JSON.stringify(record)}\n`;
  ownTokens.add(record.token);
  try {
    await claim(path, `${path}.${record.token}`, text, subject);
    await clearCandidates(path);
  } catch (error) {
    removeNow(path, text);
    ownTokens.delete(record.token);
    throw error;
  }
  return hold(path, subject, { text, token: record.token });
}

async function claim(path: string, candidate: string, text: string, subject: string): Promise<void> {
  try {
    const nowMs = await writeCandidate(candidate, text);
    await take(path, candidate, { text, nowMs, subject });
  } finally {
    await removePath(candidate);
  }
}

interface Attempt {
  readonly text: string;
  /** The file system's clock. */
  readonly nowMs: number;
  /** What the lock is for. */
  readonly subject: string;
}

/** Writes what is to become the lock; the file system's time of doing so. */
async function writeCandidate(candidate: string, text: string): Promise<number> {
  await makeFolder(dirname(candidate));
  const file = await DiskFile.create(candidate);
  try {
    await file.write(text);
    await file.sync();
    // Of the file, not of its name: one who clears the folder may have taken that.
    return file.modifiedMs;
  } finally {
    await file.close();
  }
}

async function take(path: string, candidate: string, attempt: Attempt): Promise<void> {
  for (;;) {
    const outcome = await tryLink(candidate, path);
    if (outcome === 'made') return;
    if (outcome === 'lost') await writeCandidate(candidate, attempt.text);
    const found = await readLock(path);
    if (found === undefined) continue; // given back meanwhile
    if (!isAbandoned(found, attempt.nowMs)) throw new LockHeld(heldLine(attempt.subject, found));
    await takeOver(path, candidate, found, attempt);
    if ((await readLock(path))?.text === attempt.text) return;
  }
}

/** Puts a lock in the place of an abandoned one. Who does that holds another lock meanwhile, so that two never do. */
async function takeOver(path: string, candidate: string, abandoned: LockFile, attempt: Attempt): Promise<void> {
  const gate = `${path}.takeover`;
  await take(gate, candidate, attempt);
  try {
    if ((await readLock(path))?.text !== abandoned.text) return;
    const replacement = `${candidate}.in`;
    await linkFile(candidate, replacement);
    await renamePath(replacement, path);
  } finally {
    await removePath(gate);
  }
}

/**
 * Links the candidate to the lock's name. A network's file system may report a failure although the link was made;
 * a candidate may be lost to one who clears the folder.
 */
async function tryLink(candidate: string, path: string): Promise<'made' | 'taken' | 'lost'> {
  try {
    await linkFile(candidate, path);
    return 'made';
  } catch (error) {
    if (await isSameFile(candidate, path)) return 'made';
    if (errorCode(error) === 'EEXIST') return 'taken';
    if (errorCode(error) === 'ENOENT') return 'lost';
    throw error;
  }
}

async function isSameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([a, b].map((path) => stat(path).catch(() => undefined)));
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev;
}

function heldLine(subject: string, { record }: LockFile): string {
  const who = record
    ? `${record.command} on ${record.host}, process ${record.pid}, since ${record.since}`
    : 'a process that is just taking it';
  return `${subject} is in use: ${who}; wait for it, or write elsewhere`;
}

function hold(path: string, subject: string, { text, token }: { text: string; token: string }): Lock {
  const heartbeat = startHeartbeat(path, text);
  const onExit = () => removeNow(path, text);
  process.once('exit', onExit);
  return {
    async check() {
      if ((await readLock(path))?.text === text) return;
      throw new UserError(`${subject} was taken over by another process: this one had given no sign of life`);
    },
    async release() {
      process.off('exit', onExit);
      ownTokens.delete(token);
      await heartbeat.stop();
      if ((await readLock(path))?.text === text) await removePath(path);
    },
  };
}

/** For a process that ends while it holds the lock, or that could not take it to the end. */
function removeNow(path: string, text: string): void {
  try {
    if (readFileSync(path, 'utf8') === text) rmSync(path);
  } catch {
    // The next command finds its holder gone.
  }
}

/** Begins when the lock has been held for a second, which most commands of a test do not. */
function startHeartbeat(path: string, text: string): { stop(): Promise<void> } {
  const ended = new AbortController();
  const started = wait(1000, undefined, { signal: ended.signal, ref: false }).then(
    () => {
      const workerData = { path, text, everyMs: beatMs };
      const worker = new Worker(new URL('./heartbeat.ts', import.meta.url), { workerData, execArgv: [] });
      // Without it another machine may take the lock over, which check() says.
      worker.on('error', () => {});
      worker.unref();
      return worker;
    },
    () => undefined,
  );
  return {
    async stop() {
      ended.abort();
      await (await started)?.terminate();
    },
  };
}
