import * as z from 'zod';
import type { CommandDeclaration } from '../config/command.ts';
import { field } from '../config/field.ts';
import { base, url } from '../config/shared-fields.ts';
import { list, text, whole } from '../config/value-kinds.ts';
import { runFields } from './run.ts';

const clusterEngines = ['slurm', 'kubernetes', 'sky'] as const;
const engineMessage = `expected one of ${clusterEngines.join(', ')}`;
const yesNo = { error: 'expected true or false' };

export const submitSchema = z.strictObject({
  ...runFields,
  engine: field(z.enum(clusterEngines, { error: engineMessage }), {
    affects: 'nothing',
    kind: 'text',
    value: 'NAME',
    help: `what runs the jobs: ${clusterEngines.join(', ')}`,
  }),
  shards: field(whole(1, 100_000), {
    affects: 'nothing',
    kind: 'number',
    help: 'processes that share the corpus, and then the measures',
  }),
  // The demo's setting of this name is a folder, in a config file that both read.
  site: field(z.union([z.boolean(yesNo), z.string(yesNo)]).default(false), {
    affects: 'nothing',
    kind: 'switch',
    help: 'build the site as well, into OUT/site',
  }),
  base,
  url,
  dryRun: field(z.boolean(yesNo).default(false), {
    affects: 'nothing',
    kind: 'switch',
    help: 'write the files, submit nothing',
  }),
  gpus: field(whole(0, 64).default(0), {
    affects: 'nothing',
    kind: 'number',
    help: 'slurm, kubernetes: GPUs of each process',
  }),
  cpus: field(whole(1, 1024).optional(), { affects: 'nothing', kind: 'number', help: 'CPU cores of each process' }),
  memoryGb: field(whole(1, 100_000).optional(), {
    affects: 'nothing',
    kind: 'number',
    help: 'memory of each process, in GB',
  }),
  sbatch: field(list(text('an option of sbatch'), 'options of sbatch').optional(), {
    affects: 'nothing',
    kind: 'text',
    list: true,
    value: 'OPTION,…',
    help: 'slurm: further #SBATCH lines, such as --sbatch=--partition=gpu',
  }),
  image: field(text('an image').optional(), {
    affects: 'nothing',
    kind: 'text',
    value: 'IMAGE',
    help: 'kubernetes, sky: the image, in which atlas is a command',
  }),
  volume: field(text('a claim and where it is mounted, such as atlas:/data').optional(), {
    affects: 'nothing',
    kind: 'text',
    value: 'CLAIM:/PATH',
    help: 'kubernetes, sky: the volume that holds all paths of the settings',
  }),
  accelerators: field(text('accelerators, such as H100:1').optional(), {
    affects: 'nothing',
    kind: 'text',
    value: 'NAME:N',
    help: 'sky: accelerators of each node',
  }),
});
export type SubmitConfig = z.infer<typeof submitSchema>;

export const submitCommand = {
  name: 'submit',
  summary: 'writes the jobs of a run in parts for Slurm, Kubernetes or SkyPilot, and submits them',
  schema: submitSchema,
  resumes: false,
} as const satisfies CommandDeclaration;
