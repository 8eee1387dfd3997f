import { freeRoom } from '../disk/free-room.ts';
import type { Effects } from '../effects.ts';
import { UserError } from '../errors/user-error.ts';
import type { LayerRecorder } from './layer-recorder.ts';

export interface RoomCheckOptions {
  readonly recorders: readonly Pick<LayerRecorder, 'bytesFor'>[];
  /** The working files' folder. */
  readonly folder: string;
  /** Contexts of the run. */
  readonly contexts: number;
  /** Contexts of a segment. */
  readonly perSegment: number;
  readonly effects: Pick<Effects, 'log'>;
  readonly free?: typeof freeRoom;
}

/**
 * Says what the working files will take, by what the contexts recorded so far took. Throws UserError where the disk has no
 * room for what is left of it.
 */
export async function checkRoom(options: RoomCheckOptions, recorded: number): Promise<void> {
  const { recorders, folder, contexts, perSegment, effects, free = freeRoom } = options;
  const sum = (done: number) =>
    recorders.reduce((bytes, recorder) => bytes + recorder.bytesFor(recorded, done, perSegment), 0);
  const [taken, needed] = [sum(recorded), sum(contexts)];
  const room = await free(folder);
  const rest = Math.max(0, needed - taken);
  if (room !== undefined && rest > room) {
    throw new UserError(
      `not enough room: the working files need about ${formatBytes(rest)} more, ${formatBytes(room)} are free; use fewer --tokens or another --out (${folder})`,
    );
  }
  const there = room === undefined ? '' : `, ${formatBytes(room)} free`;
  effects.log(`working files: about ${formatBytes(needed)} until the tables are written${there} (${folder})`);
}

/** `2.9 GB`. */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${value >= 10 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
