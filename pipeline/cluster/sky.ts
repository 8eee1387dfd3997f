import { stringify } from 'yaml';
import type { SubmitConfig } from '../commands/submit.ts';
import { UserError } from '../errors/user-error.ts';
import { quotedAll } from './shell.ts';
import { type Stage, stagesOf } from './stages.ts';

/**
 * A pipeline of SkyPilot's managed jobs: a task a step, one after another, on as many nodes as share it.
 * Source: https://docs.skypilot.co/en/latest/examples/managed-jobs.html, https://docs.skypilot.co/en/latest/reference/yaml-spec.html
 */
export function skyFiles(config: SubmitConfig): Map<string, string> {
  const documents = [{ name: 'attention-atlas' }, ...stagesOf(config).map((stage) => taskOf(config, stage))];
  const text = documents.map((document) => stringify(document, { lineWidth: 0 })).join('---\n');
  const start = '#!/bin/sh\nset -eu\ncd "$(dirname "$0")"\nsky jobs launch --yes --detach-run pipeline.yaml\n';
  return new Map([
    ['pipeline.yaml', text],
    ['submit.sh', start],
  ]);
}

function taskOf(config: SubmitConfig, { name, processes, isShared, args }: Stage) {
  const { accelerators, cpus, memoryGb, image } = config;
  const [volume, path] = (config.volume ?? '').split(':');
  if (!volume || !path?.startsWith('/')) {
    const found = config.volume === undefined ? 'missing --volume' : `volume is ${JSON.stringify(config.volume)}`;
    throw new UserError(`${found}, expected NAME:/PATH, such as atlas:/data`);
  }
  const resources = {
    ...(accelerators !== undefined && name !== 'site' && { accelerators }),
    ...(cpus !== undefined && { cpus: `${cpus}+` }),
    ...(memoryGb !== undefined && { memory: `${memoryGb}+` }),
    ...(image !== undefined && { image_id: `docker:${image}` }),
  };
  return {
    name: `atlas-${name}`,
    num_nodes: processes,
    ...(Object.keys(resources).length > 0 && { resources }),
    volumes: { [path]: volume },
    run: `${quotedAll(['atlas', ...args])}${isShared ? ' --shard auto' : ''}\n`,
  };
}
