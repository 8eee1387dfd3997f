import { freeRoom } from '../disk/free-room.ts';
import { formatSeconds } from '../effects/pace.ts';
import type { Effects } from '../effects.ts';
import { formatBytes } from '../record/room-check.ts';
import type { RunEstimate } from './estimate.ts';

/** What a machine has for a run, as far as it says. */
export interface MachineRoom {
  readonly memoryBytes: number;
  readonly diskBytes: number | undefined;
}

/** Memory that this process has or may still take, and what is free on the disk of OUT. */
export async function machineRoom(out: string): Promise<MachineRoom> {
  const memoryBytes = process.availableMemory() + process.memoryUsage.rss();
  return { memoryBytes, diskBytes: await freeRoom(out) };
}

/** Says what a run will need, and warns in a line each where the machine has less. */
export function sayEstimate(estimate: RunEstimate, room: MachineRoom, { log }: Pick<Effects, 'log'>): void {
  const { memoryBytes, diskBytes } = estimate;
  const disk = `${formatBytes(diskBytes)} of disk until it is done`;
  log(`estimate: ${formatBytes(memoryBytes)} of memory, ${disk}, about ${timeText(estimate)}`);
  if (memoryBytes > room.memoryBytes)
    log(
      `warning: ${formatBytes(room.memoryBytes)} of memory are free, less than the estimate: fewer SAEs at a time (--layers), or a smaller --batch, take less`,
    );
  if (room.diskBytes !== undefined && diskBytes > room.diskBytes)
    log(
      `warning: ${formatBytes(room.diskBytes)} of disk are free, less than the estimate: fewer --tokens or --examples, or another --out, take less`,
    );
}

/** The time of all, and of what may be left out of it or bounded where that takes a third of it or more. */
function timeText({ seconds, unboundedSeconds, studySeconds }: RunEstimate): string {
  const parts: readonly [number, string][] = [
    [unboundedSeconds, 'context cuts and upstream features (--budget 1x bounds them)'],
    [studySeconds, 'studies (--studies none leaves them out)'],
  ];
  const long = parts.filter(([own]) => own >= seconds / 3).map(([own, what]) => `${formatSeconds(own)} for ${what}`);
  const whole = formatSeconds(seconds);
  return long.length > 0 ? `${whole}, of which ${long.join(' and ')}` : whole;
}
