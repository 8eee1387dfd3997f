import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readLock } from '../../pipeline/disk/lock-record.ts';
import { shardFolder } from '../../pipeline/shards/shard-record.ts';

const waitSeconds = 180;

/** Kills the process of the second part, as the system's own killer of memory hogs would, once it has begun to record. */
export async function killOnePart(out: string, of: number, say: (line: string) => void): Promise<void> {
  const lock = join(out, shardFolder({ number: 2, of }), '.lock');
  for (let tries = 0; tries < waitSeconds * 10; tries++) {
    const pid = (await readLock(lock))?.record?.pid;
    if (pid !== undefined) {
      await wait(1000);
      process.kill(pid, 'SIGKILL');
      return say(`killed part 2/${of}, process ${pid}, while it recorded`);
    }
    await wait(100);
  }
  throw new Error(`part 2/${of} was not at work within ${waitSeconds} seconds (${lock})`);
}
