import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

interface Waiting {
  readonly out: string;
  readonly environment: Readonly<Record<string, string>>;
  say(line: string): void;
  status(): string;
}

const mostMinutes = 20;

/** Returns when no job is left. Throws with the logs where the run is not finished then. */
export async function waitForJobs({ out, environment, say, status }: Waiting): Promise<void> {
  const env = { ...process.env, ...environment };
  const format = ['-h', '-r', '-o', '%i %j %T %R'];
  let shown = '';
  for (let seconds = 0; seconds < 60 * mostMinutes; seconds++) {
    const jobs = execFileSync('squeue', format, { env, encoding: 'utf8' }).trim();
    if (jobs === '') break;
    if (seconds % 15 === 0 && jobs !== shown) {
      say(`squeue:\n${jobs}`);
      process.stdout.write(status());
    }
    shown = jobs;
    await wait(1000);
  }
  const files = await readdir(out);
  if (files.includes('run.json')) return;
  for (const name of (await readdir(join(out, 'jobs/logs'))).sort()) {
    say(`${name}:\n${await readFile(join(out, 'jobs/logs', name), 'utf8')}`);
  }
  throw new Error('the run is not finished, and no job is left');
}
