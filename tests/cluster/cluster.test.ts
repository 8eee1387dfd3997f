import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Job } from 'kubernetes-models/batch/v1';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { kubernetesFiles } from '../../pipeline/cluster/kubernetes.ts';
import { skyFiles } from '../../pipeline/cluster/sky.ts';
import { slurmFiles } from '../../pipeline/cluster/slurm.ts';
import { submit } from '../../pipeline/cluster/submit.ts';
import { type SubmitConfig, submitSchema } from '../../pipeline/commands/submit.ts';
import { recordingEffects } from '../../pipeline/effects.ts';
import { referenceConfig, removeTemporaryFolders, temporaryFolder } from '../run/reference-case.ts';

afterAll(removeTemporaryFolders);

const configOf = (out: string, settings: Partial<SubmitConfig>) => {
  const { model, saes, corpus } = referenceConfig(7, out);
  return submitSchema.parse({ model, saes, corpus, out, shards: 4, ...settings });
};
const onVolume = { image: 'registry.example/atlas:1', volume: 'atlas:/data' } as const;

describe('jobs for Slurm', () => {
  const config = configOf('/shared/a run', {
    ...{ engine: 'slurm', site: true, gpus: 1, cpus: 8, memoryGb: 32, sbatch: ['--partition=gpu', '--time=4:00:00'] },
  });
  const files = slurmFiles(config, ['/opt/node 22/node', '/opt/atlas/cli.ts']);

  it('are an array for the corpus, and for the measures, and one job for each other step', () => {
    expect([...files.keys()]).toEqual([
      ...['1-corpus.sbatch', '2-join.sbatch', '3-measure.sbatch', '4-finish.sbatch', '5-site.sbatch', 'submit.sh'],
    ]);
    expect(files.get('1-corpus.sbatch')?.split('\n').slice(0, 11)).toEqual([
      '#!/bin/bash',
      '#SBATCH --job-name=atlas-corpus',
      '#SBATCH --array=1-4',
      '#SBATCH --output="/shared/a run/jobs/logs/corpus-%a.log"',
      '#SBATCH --open-mode=append',
      '#SBATCH --requeue',
      '#SBATCH --cpus-per-task=8',
      '#SBATCH --mem=32G',
      '#SBATCH --gres=gpu:1',
      '#SBATCH --partition=gpu',
      '#SBATCH --time=4:00:00',
    ]);
    expect(files.get('5-site.sbatch')).not.toContain('gres');
  });

  it('are shell that is well formed', async () => {
    const folder = await temporaryFolder();
    for (const [name, text] of files) {
      await writeFile(join(folder, name), text);
      execFileSync('bash', ['-n', join(folder, name)]);
    }
  });

  it('are submitted each after the one before it, and their ids printed', async () => {
    const folder = await temporaryFolder();
    const out = join(folder, 'it’s out');
    await mkdir(join(folder, 'bin'));
    const sbatch = `#!/bin/sh\necho "$@" >> '${folder}/calls'\nwc -l < '${folder}/calls'\n`;
    await writeFile(join(folder, 'bin/sbatch'), sbatch, { mode: 0o755 });
    const path = process.env.PATH;
    process.env.PATH = `${folder}/bin:${path}`;
    const { effects, lines } = recordingEffects();
    try {
      await submit(configOf(out, { engine: 'slurm' }), effects);
    } finally {
      process.env.PATH = path;
    }
    expect((await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n')).toEqual([
      '--parsable 1-corpus.sbatch',
      '--parsable --dependency=afterok:1 --kill-on-invalid-dep=yes 2-join.sbatch',
      '--parsable --dependency=afterok:2 --kill-on-invalid-dep=yes 3-measure.sbatch',
      '--parsable --dependency=afterok:3 --kill-on-invalid-dep=yes 4-finish.sbatch',
    ]);
    expect(lines).toContain('measure: job 3');
  });

  it('run what was asked for: settings.json holds every setting, paths whole', async () => {
    const out = join(await temporaryFolder(), 'out');
    const { effects } = recordingEffects();
    const config = configOf(out, { engine: 'slurm', dryRun: true, examples: 3 });
    await submit(config, effects);
    const settings: unknown = JSON.parse(await readFile(join(out, 'jobs/settings.json'), 'utf8'));
    expect(settings).toMatchObject({ model: config.model, corpus: config.corpus, out, examples: 3, seed: 0 });
    expect(settings).not.toHaveProperty('engine');
    expect((await readdir(join(out, 'jobs'))).sort()).toContain('submit.sh');
    await rm(out, { recursive: true });
  });
});

describe('jobs for Kubernetes', () => {
  const config = configOf('/data/run', {
    engine: 'kubernetes',
    site: true,
    gpus: 1,
    cpus: 4,
    memoryGb: 16,
    ...onVolume,
  });
  const files = kubernetesFiles(config);

  it('are Jobs by the schema that Kubernetes publishes', () => {
    const manifests = [...files].filter(([name]) => name.endsWith('.yaml'));
    expect(manifests).toHaveLength(5);
    for (const [, text] of manifests) new Job(parse(text)).validate();
  });

  it('are Indexed, so that --shard auto/4 knows which of four it is', () => {
    const job = parse(files.get('1-corpus.yaml') ?? '');
    expect(job.spec).toMatchObject({ completionMode: 'Indexed', completions: 4, parallelism: 4 });
    expect(job.spec.template.spec.containers[0]).toMatchObject({
      command: ['atlas'],
      args: ['run', '/data/run/jobs/settings.json', '--shard', 'auto/4'],
      resources: { limits: { cpu: '4', memory: '16G', 'nvidia.com/gpu': '1' } },
    });
    expect(parse(files.get('4-finish.yaml') ?? '').spec).not.toHaveProperty('completionMode');
  });

  it('are named for their run, as a DNS label, so that those of two runs keep apart', () => {
    const namesOf = (out: string) => {
      const made = kubernetesFiles({ ...config, out });
      const names = ['1-corpus.yaml', '3-measure.yaml'].map((file) => parse(made.get(file) ?? '').metadata.name);
      for (const name of names) expect(made.get('submit.sh')).toContain(`job/${name}\n`);
      return names;
    };
    expect(namesOf('/data/My run_2')[0]).toMatch(/^atlas-my-run-2-[0-9a-f]{8}-corpus$/);
    const outs = ['/data/a/run', '/data/b/run', '/data/прогон', `/data/${'long.'.repeat(40)}`];
    const all = outs.flatMap(namesOf);
    expect(new Set(all).size).toBe(8);
    // With the index of one of 100,000 pods behind it.
    for (const name of all) expect(`${name}-99999`).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])$/);
  });

  it('of another schema would be refused', () => {
    const job = parse(files.get('1-corpus.yaml') ?? '');
    job.spec.completions = 'four';
    expect(() => new Job(job).validate()).toThrow();
  });

  it.each([
    [{ image: undefined }, 'missing --image IMAGE'],
    [{ volume: 'atlas' }, 'volume is "atlas", expected CLAIM:/PATH'],
    [{ out: '/elsewhere/run' }, 'out is not on the volume: /elsewhere/run, expected a folder under /data'],
  ])('need to know where: %o', (settings, message) => {
    expect(() => kubernetesFiles({ ...config, ...settings })).toThrow(message);
  });
});

it('jobs for SkyPilot are a pipeline, a task a step', () => {
  const config = configOf('/data/run', { engine: 'sky', accelerators: 'H100:1', ...onVolume });
  const [name, corpus, join] = parseAllDocuments(skyFiles(config).get('pipeline.yaml') ?? '').map((one) => one.toJS());
  expect(name).toEqual({ name: 'attention-atlas' });
  expect(corpus).toEqual({
    name: 'atlas-corpus',
    num_nodes: 4,
    resources: { accelerators: 'H100:1', image_id: 'docker:registry.example/atlas:1' },
    volumes: { '/data': 'atlas' },
    run: 'atlas run /data/run/jobs/settings.json --shard auto\n',
  });
  expect(join).toMatchObject({ name: 'atlas-join', num_nodes: 1 });
});

it.each([
  [undefined, 'missing --volume, expected NAME:/PATH'],
  ['atlas', 'volume is "atlas", expected NAME:/PATH'],
])('jobs for SkyPilot need to know where: %o', (volume, message) => {
  expect(() => skyFiles(configOf('/data/run', { engine: 'sky', volume }))).toThrow(message);
});

const unused: [Partial<SubmitConfig>, string][] = [
  [{ engine: 'sky', gpus: 2, ...onVolume }, 'gpus with engine sky, expected with slurm or kubernetes alone'],
  [{ engine: 'slurm', image: 'i' }, 'image with engine slurm, expected with kubernetes or sky alone'],
  [{ engine: 'slurm', accelerators: 'H100:1' }, 'accelerators with engine slurm, expected with sky alone'],
  [{ engine: 'kubernetes', sbatch: ['--x'], ...onVolume }, 'sbatch with engine kubernetes, expected with slurm alone'],
];

it.each(unused)('what the engine has no use for is refused before anything is written: %o', async (given, message) => {
  const out = join(await temporaryFolder(), 'out');
  const submitted = submit(configOf(out, { ...given, dryRun: true }), recordingEffects().effects);
  await expect(submitted).rejects.toThrow(message);
  await expect(readdir(out)).rejects.toThrow('ENOENT');
});
