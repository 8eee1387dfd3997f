import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startCluster } from './cluster.ts';
import { installSlurm } from './install-slurm.ts';
import { killOnePart } from './kill-one-part.ts';
import { sameTables } from './same-tables.ts';
import { waitForJobs } from './wait-for-jobs.ts';

// A run in parts on a real Slurm of this machine, one of its processes killed in the middle, compared with a run without parts.
const root = fileURLToPath(new URL('../../', import.meta.url));
const shards = 4;
/** The embedded model on a little of its text, one core a process. */
const settings = [
  ...[join(root, 'data/demo.json'), '--tokens', '12000', '--threads', '1', '--segment-tokens', '256'],
  ...['--quality-tokens', '256', '--circuit-tokens', '64', '--upstream-examples', '0', '--studies', 'none'],
];
const say = (line: string) => process.stdout.write(`slurm: ${line}\n`);

const reason = installSlurm(say);
if (reason !== undefined) {
  say(`not tested: ${reason}`);
  process.exit(process.argv.includes('--if-possible') ? 0 : 1);
}

const folder = await mkdtemp(join(tmpdir(), 'atlas-slurm-'));
const cluster = await startCluster(folder, shards, say);
try {
  const [out, whole] = [join(folder, 'sharded'), join(folder, 'whole')];
  const submitted = atlas(['submit', ...settings, '--out', out, '--engine', 'slurm', '--shards', String(shards)]);
  process.stdout.write(submitted);
  await killOnePart(out, shards, say);
  await waitForJobs({ out, environment: cluster.environment, say, status: () => atlas(['status', '--run', out]) });
  process.stdout.write(atlas(['status', '--run', out]));
  say('the same without parts');
  atlas(['run', ...settings, '--out', whole]);
  say(`${await sameTables(out, whole)} Parquet files have the same bytes as without parts`);
} finally {
  await cluster.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

function atlas(args: readonly string[]): string {
  const environment = { ...process.env, ...cluster.environment };
  return execFileSync(process.execPath, [join(root, 'pipeline/cli.ts'), ...args], {
    env: environment,
    encoding: 'utf8',
  });
}
