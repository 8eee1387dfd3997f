import { execFile } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { runSchema } from '../commands/run.ts';
import type { SubmitConfig } from '../commands/submit.ts';
import { settingsWhere } from '../config/settings-where.ts';
import { makeFolder } from '../disk/disk.ts';
import type { Effects } from '../effects.ts';
import { UserError } from '../errors/user-error.ts';
import { writeFileAtomic, writeJsonAtomic } from '../files/atomic.ts';
import { kubernetesFiles } from './kubernetes.ts';
import { refuseUnused } from './refuse-unused.ts';
import { skyFiles } from './sky.ts';
import { slurmFiles } from './slurm.ts';
import { jobsFolder, settingsFile } from './stages.ts';

/** This command line, on a file system that all of a cluster's nodes see. */
const thisAtlas = [process.execPath, fileURLToPath(new URL('../cli.ts', import.meta.url))];

/** Writes a run's jobs into OUT/jobs, where they stay to be read, and submits them unless it is a dry run. */
export async function submit(config: SubmitConfig, effects: Effects): Promise<void> {
  refuseUnused(config);
  const folder = jobsFolder(config.out);
  const files = filesOf(config);
  await makeFolder(join(folder, 'logs'));
  await writeJsonAtomic(
    settingsFile(config.out),
    settingsWhere(runSchema, config, ({ name }) => name !== 'shard'),
  );
  for (const [name, text] of files) {
    await writeFileAtomic(join(folder, name), text);
    effects.log(`wrote ${join(folder, name)}`);
  }
  const script = join(folder, 'submit.sh');
  await chmod(script, 0o755);
  if (config.dryRun) return effects.log(`submitted nothing: ${script} does`);
  for (const line of (await started(script, config.engine)).split('\n')) if (line) effects.log(line);
  effects.log(`atlas status --run ${config.out} tells how far it is`);
}

function filesOf(config: SubmitConfig): Map<string, string> {
  switch (config.engine) {
    case 'slurm':
      return slurmFiles(config, thisAtlas);
    case 'kubernetes':
      return kubernetesFiles(config);
    case 'sky':
      return skyFiles(config);
  }
}

async function started(script: string, engine: SubmitConfig['engine']): Promise<string> {
  try {
    return (await promisify(execFile)('sh', [script])).stdout;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n').at(-1) : '';
    throw new UserError(
      `${engine} took the jobs not: ${said || error}, expected its commands to work here (${script})`,
    );
  }
}
