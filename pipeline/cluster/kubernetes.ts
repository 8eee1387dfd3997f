import { stringify } from 'yaml';
import type { SubmitConfig } from '../commands/submit.ts';
import { UserError } from '../errors/user-error.ts';
import { runLabel } from './run-label.ts';
import { quoted } from './shell.ts';
import { type Stage, stageFile, stagesOf } from './stages.ts';

/** Pods of one part that may fail before the step does. */
const failuresPerProcess = 3;

/**
 * A Job of each step, Indexed where processes share it, and submit.sh, which applies them one after another.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/, apiVersion batch/v1.
 */
export function kubernetesFiles(config: SubmitConfig): Map<string, string> {
  const stages = stagesOf(config);
  const manifests = stages.map(
    (stage) => [stageFile(stages, stage, 'yaml'), stringify(jobOf(config, stage), { lineWidth: 120 })] as const,
  );
  return new Map([...manifests, ['submit.sh', submitScript(config, stages)]]);
}

/** A step as a Job. Throws UserError where the settings do not say enough for one. */
function jobOf(config: SubmitConfig, stage: Stage) {
  const { claim, path } = volumeOf(config);
  const { name, processes, isShared, args } = stage;
  const shard = isShared ? ['--shard', `auto/${processes}`] : [];
  const resources = resourcesOf(config, stage);
  const container = {
    name: 'atlas',
    image: config.image,
    command: ['atlas'],
    args: [...args, ...shard],
    volumeMounts: [{ name: 'data', mountPath: path }],
    ...(Object.keys(resources).length > 0 && { resources: { requests: resources, limits: resources } }),
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: jobName(config, stage), labels: { app: 'attention-atlas' } },
    spec: {
      ...(isShared && { completionMode: 'Indexed', completions: processes, parallelism: processes }),
      backoffLimit: failuresPerProcess * processes,
      template: {
        metadata: { labels: { app: 'attention-atlas', step: name } },
        spec: {
          restartPolicy: 'Never',
          containers: [container],
          volumes: [{ name: 'data', persistentVolumeClaim: { claimName: claim } }],
        },
      },
    },
  };
}

/** Of this run alone: a Job of the same name would be taken for it. */
const jobName = ({ out }: SubmitConfig, { name }: Stage) => `atlas-${runLabel(out)}-${name}`;

function resourcesOf({ cpus, memoryGb, gpus }: SubmitConfig, { name }: Stage): Record<string, string> {
  return {
    ...(cpus !== undefined && { cpu: String(cpus) }),
    ...(memoryGb !== undefined && { memory: `${memoryGb}G` }),
    ...(gpus > 0 && name !== 'site' && { 'nvidia.com/gpu': String(gpus) }),
  };
}

function volumeOf({ image, volume, out }: SubmitConfig): { claim: string; path: string } {
  if (image === undefined) throw new UserError('missing --image IMAGE, which --engine kubernetes needs');
  const [claim, path] = (volume ?? '').split(':');
  if (!claim || !path?.startsWith('/')) {
    throw new UserError(`volume is ${JSON.stringify(volume ?? null)}, expected CLAIM:/PATH, such as atlas:/data`);
  }
  if (out === path || out.startsWith(path.endsWith('/') ? path : `${path}/`)) return { claim, path };
  throw new UserError(`out is not on the volume: ${out}, expected a folder under ${path} (--volume)`);
}

/** Each step is waited for: Kubernetes itself knows no order of Jobs. */
function submitScript(config: SubmitConfig, stages: readonly Stage[]): string {
  const steps = stages.map((stage) => {
    const file = quoted(stageFile(stages, stage, 'yaml'));
    return `step ${file} job/${jobName(config, stage)}`;
  });
  return [
    '#!/bin/sh',
    `# Applies the Jobs of ${config.out.replaceAll('\n', ' ')}, each when the one before it is complete.`,
    'set -eu',
    'cd "$(dirname "$0")"',
    'step() {',
    '  kubectl apply -f "$1"',
    '  echo "$2"',
    '  until kubectl wait --for=condition=complete --timeout=30s "$2" 2> /dev/null; do',
    '    if kubectl wait --for=condition=failed --timeout=1s "$2" 2> /dev/null; then exit 1; fi',
    '  done',
    '}',
    ...steps,
    '',
  ].join('\n');
}
