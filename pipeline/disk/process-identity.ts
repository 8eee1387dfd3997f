import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { errorCode } from '../errors/system-error.ts';

/** A process, told apart from every other on any machine: a number alone is given again to a later process. */
export interface ProcessIdentity {
  readonly host: string;
  /** The machine's boot and the container's process numbers; empty where the system does not tell. */
  readonly machine: string;
  readonly pid: number;
  /** When the process started, in the system's own words. */
  readonly started: string;
}

export function ownIdentity(): ProcessIdentity {
  return { host: hostname(), machine: machineOf(), pid: process.pid, started: startOf(process.pid) ?? '' };
}

/** Whether a process of this machine still runs; undefined for one of another machine, of which it cannot be said. */
export function isRunning({ host, machine, pid, started }: ProcessIdentity): boolean | undefined {
  if (host !== hostname() || machine !== machineOf()) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errorCode(error) !== 'EPERM') return false; // EPERM: it runs, as another user
  }
  return started === '' || (startOf(pid) ?? started) === started;
}

function machineOf(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}

/** When a process started; `ended` for one that only waits to be cleared away; undefined where it cannot be found out. */
function startOf(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux') {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' }).trim();
    }
    // The name, in brackets, may hold spaces and brackets itself; the state is the first field after it, the start the 20th.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : fields[19];
  } catch {
    return undefined;
  }
}
