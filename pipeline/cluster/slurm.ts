import { join } from 'node:path';
import type { SubmitConfig } from '../commands/submit.ts';
import { quoted, quotedAll } from './shell.ts';
import { jobsFolder, type Stage, stageFile, stagesOf } from './stages.ts';

/** How often Slurm starts a process that crashed or was killed again. */
const mostRestarts = 3;

/**
 * The sbatch file of each step, and submit.sh, which submits them one after another with afterok and prints each job's id.
 * `atlas` is the command, as words. Source: https://slurm.schedmd.com/sbatch.html, https://slurm.schedmd.com/job_array.html
 */
export function slurmFiles(config: SubmitConfig, atlas: readonly string[]): Map<string, string> {
  const stages = stagesOf(config);
  const files = new Map(
    stages.map((stage) => [stageFile(stages, stage, 'sbatch'), sbatchFile(config, stage, atlas)] as const),
  );
  return files.set('submit.sh', submitScript(stages));
}

function sbatchFile(config: SubmitConfig, stage: Stage, atlas: readonly string[]): string {
  const { name, isShared, processes, args } = stage;
  const log = join(jobsFolder(config.out), 'logs', isShared ? `${name}-%a.log` : `${name}.log`);
  const isComputing = name !== 'site';
  const options = [
    `--job-name=atlas-${name}`,
    ...(isShared ? [`--array=1-${processes}`] : []),
    `--output=${log.includes(' ') ? `"${log}"` : log}`,
    '--open-mode=append',
    '--requeue',
    ...(config.cpus === undefined ? [] : [`--cpus-per-task=${config.cpus}`]),
    ...(config.memoryGb === undefined ? [] : [`--mem=${config.memoryGb}G`]),
    ...(config.gpus > 0 && isComputing ? [`--gres=gpu:${config.gpus}`] : []),
    ...(config.sbatch ?? []),
  ];
  const shard = isShared ? ` --shard "$SLURM_ARRAY_TASK_ID/${processes}"` : '';
  return [
    '#!/bin/bash',
    ...options.map((option) => `#SBATCH ${option}`),
    '',
    '# What is done already is not done again, so a process that crashed or was killed goes on where it stopped.',
    'code=0',
    `srun --ntasks=1 ${quotedAll([...atlas, ...args])}${shard} || code=$?`,
    '# 1 is a mistake in the settings or inputs: it would come again.',
    `if [ "$code" -gt 1 ] && [ "\${SLURM_RESTART_COUNT:-0}" -lt ${mostRestarts} ]; then`,
    '  scontrol requeue "$SLURM_JOB_ID" && sleep 60',
    'fi',
    'exit "$code"',
    '',
  ].join('\n');
}

function submitScript(stages: readonly Stage[]): string {
  const submissions = stages.map((stage, i) => {
    const before = stages.at(i - 1);
    const after = i === 0 || !before ? '' : ` --dependency="afterok:$${before.name}" --kill-on-invalid-dep=yes`;
    return [
      `${stage.name}=$(sbatch --parsable${after} ${quoted(stageFile(stages, stage, 'sbatch'))})`,
      `${stage.name}=\${${stage.name}%%;*}`,
      `echo "${stage.name}: job $${stage.name}"`,
    ];
  });
  return [
    '#!/bin/sh',
    '# Submits the steps of this run: each begins when the one before it is done. Prints the jobs’ ids.',
    'set -eu',
    'cd "$(dirname "$0")"',
    ...submissions.flat(),
    '',
  ].join('\n');
}
