import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** A Slurm of its own: nothing of the machine's configuration is read or written, and no service manager is needed. */
export interface Cluster {
  /** What its commands need to be told. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const startSeconds = 30;

/** Starts a controller and as many nodes as asked for, each a slurmd of one core, all on this machine. */
export async function startCluster(folder: string, nodes: number, say: (line: string) => void): Promise<Cluster> {
  const config = join(folder, 'slurm.conf');
  const environment = { SLURM_CONF: config };
  for (const name of ['munge', 'state', 'log', 'run']) await mkdir(join(folder, name), { mode: 0o700 });
  await writeFile(join(folder, 'munge/key'), randomBytes(1024), { mode: 0o400 });
  await writeFile(config, slurmConf(folder, nodes, await freePorts(nodes + 1)));
  const started: ChildProcess[] = [];
  const start = async (command: string, args: readonly string[]) => {
    const log = await open(join(folder, 'log', `${command}${started.length}.out`), 'w');
    started.push(spawn(command, args, { env: { ...process.env, ...environment }, stdio: ['ignore', log.fd, log.fd] }));
    await log.close();
  };
  const at = (name: string) => join(folder, 'munge', name);
  await start('munged', [
    ...['--foreground', '--force', `--key-file=${at('key')}`, `--socket=${at('socket')}`],
    ...[`--pid-file=${at('pid')}`, `--log-file=${at('log')}`, `--seed-file=${at('seed')}`],
  ]);
  await wait(1000);
  await start('slurmctld', ['-D']);
  await wait(1000);
  for (let node = 1; node <= nodes; node++) await start('slurmd', ['-D', '-N', `n${node}`]);
  const stop = async () => {
    const ended = started.map((child) =>
      child.exitCode === null ? new Promise((done) => child.once('exit', done)) : undefined,
    );
    for (const child of started.toReversed()) child.kill('SIGTERM');
    await Promise.race([Promise.all(ended), wait(10_000)]);
    for (const child of started) if (child.exitCode === null) child.kill('SIGKILL');
  };
  try {
    await untilIdle(nodes, environment);
  } catch (error) {
    say(await readFile(join(folder, 'log/slurmctld1.out'), 'utf8').catch(() => 'no log'));
    await stop();
    throw error;
  }
  const { stdout } = { stdout: execFileSync('sinfo', { env: { ...process.env, ...environment }, encoding: 'utf8' }) };
  say(`${execFileSync('slurmctld', ['-V'], { encoding: 'utf8' }).trim()}, ${nodes} nodes of one core`);
  process.stdout.write(stdout);
  return { environment, stop };
}

async function untilIdle(nodes: number, environment: Readonly<Record<string, string>>): Promise<void> {
  const env = { ...process.env, ...environment };
  for (let second = 0; second < startSeconds; second++) {
    await wait(1000);
    try {
      const text = execFileSync('sinfo', ['-h', '-t', 'idle', '-o', '%D'], { env, encoding: 'utf8', stdio: 'pipe' });
      if (Number(text) === nodes) return;
    } catch {
      // The controller does not listen yet.
    }
  }
  throw new Error(`${nodes} nodes are not idle after ${startSeconds} seconds`);
}

/** https://slurm.schedmd.com/slurm.conf.html; several slurmd on one host: https://slurm.schedmd.com/programmer_guide.html */
function slurmConf(folder: string, nodes: number, [controller, ...ports]: readonly number[]): string {
  const at = (name: string) => join(folder, name);
  const nodeLines = Array.from(
    { length: nodes },
    (_, i) => `NodeName=n${i + 1} NodeHostname=localhost Port=${ports[i]} CPUs=1 RealMemory=4000`,
  );
  return [
    'ClusterName=atlas',
    'SlurmctldHost=localhost',
    `SlurmctldPort=${controller}`,
    'AuthType=auth/munge',
    `AuthInfo=socket=${at('munge/socket')}`,
    'SlurmUser=root',
    `StateSaveLocation=${at('state')}`,
    `SlurmdSpoolDir=${at('spool.%n')}`,
    `SlurmctldPidFile=${at('run/slurmctld.pid')}`,
    `SlurmdPidFile=${at('run/slurmd.%n.pid')}`,
    `SlurmctldLogFile=${at('log/slurmctld.log')}`,
    `SlurmdLogFile=${at('log/slurmd.%n.log')}`,
    'ProctrackType=proctrack/pgid',
    'TaskPlugin=task/none',
    'SelectType=select/cons_tres',
    'SlurmdParameters=config_overrides',
    'SchedulerParameters=sched_interval=5,batch_sched_delay=0',
    'JobRequeue=1',
    'ReturnToService=2',
    'MpiDefault=none',
    ...nodeLines,
    'PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP',
    '',
  ].join('\n');
}

/** Ports that nobody listens on now. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((done) => {
          server.listen(0, '127.0.0.1', () => {
            const address = server.address();
            done(typeof address === 'object' && address ? address.port : 0);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
