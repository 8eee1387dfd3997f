import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { watchDisk } from '../../pipeline/disk/disk.ts';
import { contentsOf } from './quick-case.ts';
import { temporaryFolder } from './reference-case.ts';

/** What is to hold wherever a command is stopped. */
export interface CrashCase {
  /** Makes the folder as it is before the command, if it is to be there at all. */
  prepare?(out: string): Promise<void>;
  command(out: string): Promise<void>;
}

/**
 * Stops a command before each of its file operations, as a kill does, and has the same command take it up: the folder must
 * hold what an uninterrupted one leaves, to the byte, and nothing else. Operations that change no byte (syncs) are stops
 * that differ in nothing. Returns the number of different stops.
 */
export async function checkCrashPoints({ prepare, command }: CrashCase): Promise<number> {
  const base = await temporaryFolder();
  const out = join(base, 'whole', 'out'); // as deep as its copies, since what a run records of its inputs is relative
  mkdirSync(join(out, '..'));
  await prepare?.(out);
  const stops = await stopsOf(out, () => command(out));
  const whole = await contentsOf(out);
  for (const { place, before } of stops) {
    if (existsSync(place)) await command(place).catch((error: unknown) => fail(before, error));
    else await command(place);
    expect(await contentsOf(place), `stopped before: ${before}`).toEqual(whole);
  }
  return stops.length;
}

function fail(before: string, error: unknown): never {
  throw new Error(`stopped before: ${before}`, { cause: error });
}

interface Stop {
  /** A copy of the folder as it was. */
  readonly place: string;
  readonly before: string;
}

async function stopsOf(out: string, command: () => Promise<void>): Promise<Stop[]> {
  const copies = await temporaryFolder();
  const stops: Stop[] = [];
  let latest = '';
  watchDisk((operation, path) => {
    const state = stateOf(out);
    if (state === latest) return;
    latest = state;
    const place = join(copies, String(stops.length), 'out');
    mkdirSync(join(place, '..'));
    if (existsSync(out)) cpSync(out, place, { recursive: true });
    stops.push({ place, before: `${operation} ${path}` });
  });
  try {
    await command();
  } finally {
    watchDisk(undefined);
  }
  return stops;
}

/** Every name and byte in a folder. */
function stateOf(folder: string): string {
  if (!existsSync(folder)) return 'nothing';
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const path = join(folder, name);
      return `${name} ${statSync(path).isDirectory() ? '' : readFileSync(path).toString('base64')}`;
    })
    .join('\n');
}
