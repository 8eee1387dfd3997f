import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TrainConfig, trainSchema } from '../../pipeline/commands/train.ts';
import { type Effects, recordingEffects, silentEffects } from '../../pipeline/effects.ts';
import { UserError } from '../../pipeline/errors/user-error.ts';
import { pathKind } from '../../pipeline/files/files.ts';
import { loadModel } from '../../pipeline/files/model/model-dir.ts';
import { loadSaes } from '../../pipeline/sae/formats/sae-dir.ts';
import { readCheckpoint, writeCheckpoint } from '../../pipeline/training/sae-checkpoint.ts';
import { zeroState } from '../../pipeline/training/sae-state.ts';
import { trainSaes } from '../../pipeline/training/train-saes.ts';
import { writeTinyModel } from './tiny-model.ts';

let dir = '';
let inputs = { model: '', corpus: '' };
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'atlas-train-'));
  inputs = await writeTinyModel(dir);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const settings = (out: string, more: Partial<TrainConfig> = {}): TrainConfig =>
  trainSchema.parse({
    ...inputs,
    corpus: [inputs.corpus],
    out: join(dir, out),
    dSae: 24,
    tokens: 8192,
    batchTokens: 64,
    warmupSteps: 5,
    resampleEvery: 30,
    targetL0: 4,
    gainPart: 0.4,
    threads: 1,
    ...more,
  });

const names = ['cfg.json', 'sae_weights.safetensors'];
const filesOf = (out: string) =>
  Promise.all([0, 1].flatMap((layer) => names.map((name) => readFile(join(dir, out, `blocks.${layer}.hook_z`, name)))));

/** Effects that end the process's work, so to speak, when so many tokens were trained on. */
function interruptedAt(tokens: number): Effects {
  const effects = silentEffects();
  const update = (done: number) => {
    if (done >= tokens) throw new Error('interrupted');
  };
  return { ...effects, progress: () => ({ update, end() {} }) };
}

describe('trainSaes', () => {
  it('writes one SAE a layer in the layout of SAELens', async () => {
    await trainSaes(settings('plain'), silentEffects());
    const cfg: unknown = JSON.parse(await readFile(join(dir, 'plain', 'blocks.1.hook_z', 'cfg.json'), 'utf8'));
    expect(cfg).toMatchObject({
      architecture: 'standard',
      d_in: 16,
      d_sae: 24,
      dtype: 'float32',
      model_name: 'model',
      hook_name: 'blocks.1.attn.hook_z',
      hook_layer: 1,
      hook_head_index: null,
      activation_fn: 'relu',
      apply_b_dec_to_input: true,
      normalize_activations: 'none',
      context_size: 16,
      prepend_bos: true,
      dataset_path: 'corpus.jsonl',
    });
    const { config } = await loadModel(inputs.model);
    const saes = await loadSaes(join(dir, 'plain'), config);
    expect(saes.map(({ layer, dIn, dSae }) => [layer, dIn, dSae])).toEqual([
      [0, 16, 24],
      [1, 16, 24],
    ]);
    expect(await pathKind(join(dir, 'plain', 'checkpoint'))).toBe('missing');
  });

  it('gives the same bytes whether or not it was interrupted, twice', async () => {
    const resumed = settings('resumed');
    // A checkpoint at every refill of the buffer; the tiny one is refilled some times in 8,192 tokens.
    await expect(trainSaes(resumed, interruptedAt(4800), 0)).rejects.toThrow('interrupted');
    expect(await pathKind(join(dir, 'resumed', 'checkpoint', 'state.json'))).toBe('file');
    await expect(trainSaes(resumed, interruptedAt(7000), 0)).rejects.toThrow('interrupted');
    await trainSaes(resumed, silentEffects(), 0);
    expect(await filesOf('resumed')).toEqual(await filesOf('plain'));
  });

  it.each(['state.json', 'settings.json', 'state-.*safetensors'])(
    'begins again where %s is damaged',
    async (pattern) => {
      const out = `damaged-${pattern.slice(0, 8)}`;
      await expect(trainSaes(settings(out), interruptedAt(7000), 0)).rejects.toThrow('interrupted');
      const folder = join(dir, out, 'checkpoint');
      const name = (await readdir(folder)).find((file) => new RegExp(`^${pattern}$`).test(file)) ?? '';
      const bytes = await readFile(join(folder, name));
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      await writeFile(join(folder, name), bytes);
      const { effects, lines } = recordingEffects();
      await trainSaes(settings(out), effects);
      expect(lines[0]).toMatch(/^damaged working file: its checksum .*: the training begins again$/);
      expect(await filesOf(out)).toEqual(await filesOf('plain'));
    },
  );

  it('keeps counts in its checkpoint that float32 would round', async () => {
    const folder = join(dir, 'counts');
    await mkdir(folder);
    const many = 2 ** 24 + 1;
    const figures = { scale: 0.1, lambda: 0.7, l0: 4, error: 1, spread: 2, l1: 3 };
    const shape = { dIn: 2, dSae: 3 };
    const lastActive = Float64Array.of(0, many, 2 ** 40 + 1);
    const layer = { layer: 5, state: zeroState(shape), figures, lastActive, unserved: Float32Array.of(1, 2) };
    const checkpoint = { step: many, position: { epoch: many, context: many + 2 }, fills: many, layers: [layer] };
    await writeCheckpoint(folder, checkpoint);
    expect(await readCheckpoint(folder, [5], shape)).toEqual(checkpoint);
  });

  it('refuses to go on with other settings than those it was interrupted with', async () => {
    await expect(trainSaes(settings('other'), interruptedAt(100))).rejects.toThrow('interrupted');
    await expect(trainSaes(settings('other', { seed: 9 }), silentEffects())).rejects.toThrow(UserError);
  });

  it('does nothing where the same settings have been trained already', async () => {
    const before = await filesOf('plain');
    await trainSaes(settings('plain'), interruptedAt(0));
    expect(await filesOf('plain')).toEqual(before);
  });

  it('names a layer that the model does not have, and a list of λ that does not fit', async () => {
    await expect(trainSaes(settings('bad', { layers: [2] }), silentEffects())).rejects.toThrow(/no layer 2/);
    await expect(trainSaes(settings('bad', { l1: [1, 2, 3] }), silentEffects())).rejects.toThrow(/3 values of l1/);
  });

  it('writes half precision when asked to', async () => {
    await trainSaes(settings('half', { dtype: 'float16', tokens: 256, layers: [1] }), silentEffects());
    const cfg: unknown = JSON.parse(await readFile(join(dir, 'half', 'blocks.1.hook_z', 'cfg.json'), 'utf8'));
    expect(cfg).toMatchObject({ dtype: 'float16' });
    const weights = await readFile(join(dir, 'half', 'blocks.1.hook_z', 'sae_weights.safetensors'));
    expect(weights.length).toBeLessThan(2 * (2 * 16 * 24 + 24 + 16) + 1000);
  });
});
