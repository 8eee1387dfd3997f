import { cp, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunConfig, runSchema } from '../../pipeline/commands/run.ts';
import { flagsOf } from '../../pipeline/config/field.ts';
import { recordingEffects, silentEffects } from '../../pipeline/effects.ts';
import { loadInputs } from '../../pipeline/record/inputs.ts';
import { fingerprintOf } from '../../pipeline/record/start-run.ts';
import { run } from '../../pipeline/run.ts';
import { openRun } from '../../pipeline/tables/reader.ts';
import { folderOf, referenceConfig, removeTemporaryFolders, temporaryFolder } from './reference-case.ts';

/** A copy of the reference's inputs, to change. */
async function ownInputs(): Promise<RunConfig> {
  const folder = await temporaryFolder();
  await cp(folderOf(7), folder, { recursive: true });
  const [model, saes, corpus] = ['model', 'saes', 'corpus.jsonl'].map((name) => join(folder, name));
  return { ...referenceConfig(7, join(folder, 'out')), model, saes, corpus: [corpus] };
}

const fingerprint = async (config: RunConfig) => fingerprintOf(config, await loadInputs(config));

let config: RunConfig;
let before: string;

beforeAll(async () => {
  config = await ownInputs();
  before = await fingerprint(config);
});
afterAll(removeTemporaryFolders);

test('is that of the bytes and names, wherever they are', async () => {
  expect(await fingerprint(await ownInputs())).toBe(before);
});

test.each([
  ['model/config.json', '"activation_function"', '"harmless": 1, "activation_function"'],
  ['model/tokenizer.json', '{', '{ '],
  ['model/tokenizer_config.json', '{', '{ '],
  ['saes/blocks.0.hook_z/cfg.json', '{', '{ '],
  ['saes/blocks.1.hook_z/cfg.json', '{', '{ '],
  ['corpus.jsonl', '{', '{ '],
])('changes with %s', async (file, from, to) => {
  const own = await ownInputs();
  const path = join(own.model, '..', file);
  const text = await readFile(path, 'utf8');
  expect(text).toContain(from);
  await writeFile(path, text.replace(from, to));
  expect(await fingerprint(own)).not.toBe(before);
});

test.each(['model/model.safetensors', 'saes/blocks.1.hook_z/sae_weights.safetensors'])(
  'changes with %s',
  async (file) => {
    const own = await ownInputs();
    const path = join(own.model, '..', file);
    const bytes = await readFile(path);
    bytes[bytes.length - 4] ^= 1;
    await writeFile(path, bytes);
    expect(await fingerprint(own)).not.toBe(before);
  },
);

test('changes with what a text is taken for: as plain text the same bytes are one document', async () => {
  const own = await ownInputs();
  const [lines = ''] = own.corpus;
  await rename(lines, `${lines}.txt`);
  expect(await fingerprint({ ...own, corpus: [`${lines}.txt`] })).not.toBe(before);
});

const other: Readonly<Record<string, unknown>> = {
  precision: 'tf32',
  shuffle: true,
  dedup: true,
  bos: 'no',
  ...{ context: 12, layers: [1], tokens: 500, backend: 'tfjs-cpu', examples: 7, upstreamExamples: 1, wiring: 1 },
  ...{
    neighbours: 1,
    headSequences: 1,
    mapNeighbours: 1,
    circuitTokens: 9,
    seed: 3,
    processing: 'folded',
    qualityTokens: 100,
    familyExamples: 1,
    studies: ['induction'],
  },
  ...{ select: ['0'], upstreamSaes: ['0'], budget: '1x' },
  ...{ batch: 3, threads: 1, segmentTokens: 99, out: '/elsewhere', anyModel: true, shard: '1/2' },
  ...{ 'window.before': 4, 'window.after': 4 },
};
const settings = flagsOf(runSchema).filter(({ affects }) => affects !== 'inputs');

test.each(settings.map(({ keys, affects }) => [keys.join('.'), affects]))(
  '%s, which affects %s, is in it or not',
  async (name, affects) => {
    const [key = '', inner] = name.split('.');
    const value = other[name];
    expect(value, `a second value of ${name}, for this test`).toBeDefined();
    const changed = inner ? { ...config.window, [inner]: value } : value;
    const after = await fingerprint(runSchema.parse({ ...config, [key]: changed }));
    expect(after === before).toBe(affects === 'nothing');
  },
);

const point = {
  step: 8,
  tokens: 512,
  learning_rate: 0.001,
  loss: 3,
  explained_variance: 0.5,
  l0: 4,
  dead: 1,
  threshold: 0.1,
};
const writeCurve = (own: RunConfig, curve: readonly (typeof point)[]) =>
  writeFile(join(own.saes, 'blocks.1.hook_z/training_curve.json'), JSON.stringify({ curve }));

test('changes with how an SAE was trained, which is a table of the run', async () => {
  const own = await ownInputs();
  await writeCurve(own, [point]);
  const after = await fingerprint(own);
  await writeCurve(own, [{ ...point, loss: 2 }]);
  expect(new Set([before, after, await fingerprint(own)]).size).toBe(3);
});

test('the same weights under another SAE config are another run', async () => {
  const own = await ownInputs();
  await writeCurve(own, [point]);
  await run(own, silentEffects());
  const reader = await openRun(own.out);
  expect(await reader.trainingCurves()).toEqual([{ layer: 1, sae: '1', ...point }]);
  reader.close();
  const { effects, lines } = recordingEffects();
  await run(own, effects);
  expect(lines.at(-1)).toBe(`${own.out} is whole already, from these same settings`);
  const path = join(own.saes, 'blocks.0.hook_z/cfg.json');
  const cfg = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify({ ...cfg, architecture: 'topk', activation_fn_kwargs: { k: 2 } }));
  await expect(run(own, silentEffects())).rejects.toThrow(/^out holds a finished run of other settings/);
}, 120_000);
