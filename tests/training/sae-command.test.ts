import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type TrainConfig, trainSchema } from '../../pipeline/commands/train.ts';
import { type Effects, recordingEffects, silentEffects } from '../../pipeline/effects.ts';
import { UserError } from '../../pipeline/errors/user-error.ts';
import { pathKind } from '../../pipeline/files/files.ts';
import { loadModel } from '../../pipeline/files/model/model-dir.ts';
import { loadSaes } from '../../pipeline/sae/formats/sae-dir.ts';
import { readTrainingCurve } from '../../pipeline/sae/formats/training-curve.ts';
import { trainSaes } from '../../pipeline/training/train-saes.ts';
import { writeTinyModel } from './tiny-model.ts';

let dir = '';
let inputs = { model: '', corpus: '' };
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'atlas-train-'));
  inputs = await writeTinyModel(dir);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const settings = (out: string, more: Partial<z.input<typeof trainSchema>> = {}): TrainConfig =>
  trainSchema.parse({
    ...inputs,
    corpus: [inputs.corpus],
    out: join(dir, out),
    dSae: 24,
    tokens: 8192,
    batchTokens: 64,
    targetL0: [4],
    threads: 1,
    ...more,
  });

const names = ['cfg.json', 'sae_weights.safetensors', 'training_curve.json'];
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
      architecture: 'jumprelu',
      d_in: 16,
      d_sae: 24,
      dtype: 'float32',
      apply_b_dec_to_input: true,
      normalize_activations: 'none',
      reshape_activations: 'hook_z',
      metadata: {
        model_name: 'model',
        hook_name: 'blocks.1.attn.hook_z',
        hook_head_index: null,
        model_from_pretrained_kwargs: {},
        context_size: 16,
        prepend_bos: true,
        dataset_path: 'corpus.jsonl',
        training_architecture: 'batchtopk',
      },
    });
    const { config } = await loadModel(inputs.model);
    const saes = await loadSaes(join(dir, 'plain'), config);
    expect(saes.map(({ layer, dIn, dSae }) => [layer, dIn, dSae])).toEqual([
      [0, 16, 24],
      [1, 16, 24],
    ]);
    expect(await pathKind(join(dir, 'plain', 'checkpoint'))).toBe('missing');
  });

  it('writes beside each SAE how it was trained, in a hundred points or fewer', async () => {
    const path = join(dir, 'plain', 'blocks.1.hook_z', 'training_curve.json');
    const curve = await readTrainingCurve(path);
    expect(curve).toHaveLength(100);
    expect(curve.at(-1)).toMatchObject({ step: 128, tokens: 8192, l0: 4 });
    curve.forEach(({ step, tokens, loss, explained_variance, dead, threshold }, i) => {
      expect(step).toBeGreaterThan(curve[i - 1]?.step ?? 0);
      expect(tokens).toBe(64 * step);
      expect(loss).toBeGreaterThan(0);
      expect(explained_variance).toBeLessThan(1);
      expect(dead).toBeLessThanOrEqual(24);
      expect(threshold).toBeGreaterThan(0);
    });
    // Up over 3 % of 128 steps, down over the last two fifths.
    const rates = curve.map((point) => point.learning_rate);
    expect([curve[0]?.step, rates[0]]).toEqual([2, 0.001]);
    expect(Math.max(...rates)).toBe(0.002);
    expect(rates.at(-1)).toBeCloseTo(0.002 / 51, 12);
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

  it('refuses to go on with other settings than those it was interrupted with', async () => {
    await expect(trainSaes(settings('other'), interruptedAt(4800), 0)).rejects.toThrow('interrupted');
    await expect(trainSaes(settings('other', { seed: 9 }), silentEffects())).rejects.toThrow(
      /^an interrupted training with other settings is in .*other.checkpoint: finish it, or delete that folder$/,
    );
  });

  it('takes other settings where no checkpoint was written yet', async () => {
    await expect(trainSaes(settings('early'), interruptedAt(100))).rejects.toThrow('interrupted');
    const few = { seed: 9, tokens: 256, layers: [0] };
    await trainSaes(settings('early', few), silentEffects());
    expect(await pathKind(join(dir, 'early', 'training.json'))).toBe('file');
  });

  it('leaves nothing of a training that was refused or diverged, so that others can follow', async () => {
    const few = { tokens: 1024, layers: [0] };
    await expect(trainSaes(settings('refused', { dSae: 8_000_000 }), silentEffects())).rejects.toThrow(
      'expected at most',
    );
    await expect(trainSaes(settings('refused', { ...few, lr: 1e30 }), silentEffects())).rejects.toThrow('diverged');
    expect(await pathKind(join(dir, 'refused'))).toBe('missing');
  });

  it('refuses a corpus without one context in a line, and leaves nothing', async () => {
    const short = join(dir, 'short.txt');
    await writeFile(short, 'a cat');
    await expect(trainSaes(settings('short', { corpus: [short] }), silentEffects())).rejects.toThrow(
      new UserError(`corpus too short: not one context of 16 tokens (${short})`),
    );
    expect(await pathKind(join(dir, 'short'))).toBe('missing');
  });

  it('does nothing where the same settings have been trained already', async () => {
    const before = await filesOf('plain');
    await trainSaes(settings('plain'), interruptedAt(0));
    expect(await filesOf('plain')).toEqual(before);
  });

  it('leaves a finished training as it is when asked for other settings', async () => {
    const before = await filesOf('plain');
    await expect(trainSaes(settings('plain', { seed: 9 }), silentEffects())).rejects.toThrow(
      /^out holds a finished training of other settings, expected another folder or none there \(.*training\.json\)$/,
    );
    expect(await filesOf('plain')).toEqual(before);
    expect(await pathKind(join(dir, 'plain', 'checkpoint'))).toBe('missing');
  });

  it('leaves SAEs alone that no training of its own made, such as downloaded ones', async () => {
    await cp(join(dir, 'plain'), join(dir, 'downloaded'), { recursive: true });
    await rm(join(dir, 'downloaded', 'training.json'));
    const before = await filesOf('downloaded');
    await expect(trainSaes(settings('downloaded', { seed: 9 }), silentEffects())).rejects.toThrow(
      /^out holds an SAE of the same name, expected another folder or none there \(.*blocks\.0\.hook_z\)$/,
    );
    expect(await filesOf('downloaded')).toEqual(before);
  });

  it('names a layer that the model does not have, and sparsities that no SAE has', async () => {
    const refused = (more: Parameters<typeof settings>[1]) =>
      expect(trainSaes(settings('bad', more), silentEffects())).rejects;
    await refused({ layers: [2] }).toThrow(/no layer 2/);
    await refused({ targetL0: [3, 25] }).toThrow('target l0 is 25, expected at most d_sae 24');
    await refused({ targetL0: [2.5], kind: 'topk' }).toThrow('target l0 is 2.5, expected a whole number for topk');
    await refused({ matryoshka: [8, 4] }).toThrow('matryoshka is 8,4, expected rising sizes up to d_sae 24');
    await refused({ matryoshka: [8], kind: 'relu' }).toThrow('matryoshka with kind relu, expected batchtopk');
  });

  it('refuses an SAE that no WebAssembly memory holds before anything is computed', async () => {
    const training = trainSaes(settings('huge', { dSae: 8_000_000 }), silentEffects());
    await expect(training).rejects.toThrow(UserError);
    await expect(training).rejects.toThrow(/16 → 8000000 features takes \d\.\d GB .* expected at most 4\.3 GB/);
  });

  it('writes half precision when asked to, to be used as float32', async () => {
    await trainSaes(settings('half', { dtype: 'float16', tokens: 256, layers: [1] }), silentEffects());
    const cfg: unknown = JSON.parse(await readFile(join(dir, 'half', 'blocks.1.hook_z', 'cfg.json'), 'utf8'));
    expect(cfg).toMatchObject({ dtype: 'float32' });
    const weights = await readFile(join(dir, 'half', 'blocks.1.hook_z', 'sae_weights.safetensors'));
    expect(weights.length).toBeLessThan(2 * (2 * 16 * 24 + 2 * 24 + 16) + 1000);
  });

  it('trains several sparsities, each to its L0 on held-out tokens', async () => {
    await trainSaes(settings('several', { targetL0: [2, 4], tokens: 1024, epochs: 2 }), silentEffects());
    const record: unknown = JSON.parse(await readFile(join(dir, 'several', 'training.json'), 'utf8'));
    const schema = z.looseObject({
      saes: z.array(z.looseObject({ folder: z.string(), targetL0: z.number(), l0: z.number() })),
    });
    const { saes } = schema.parse(record);
    expect(saes.map(({ folder }) => folder)).toEqual([
      'l0-2/blocks.0.hook_z',
      'l0-4/blocks.0.hook_z',
      'l0-2/blocks.1.hook_z',
      'l0-4/blocks.1.hook_z',
    ]);
    for (const { targetL0, l0 } of saes) expect(Math.abs(l0 / targetL0 - 1)).toBeLessThan(0.02);
    for (const { folder, targetL0 } of saes) {
      const curve = await readTrainingCurve(join(dir, 'several', folder, 'training_curve.json'));
      expect(curve).toHaveLength(16);
      // Running means: all steps have this many a token, since BatchTopK takes them.
      for (const { l0 } of curve) expect(Math.abs(l0 - targetL0)).toBeLessThan(0.5);
    }
    const { config } = await loadModel(inputs.model);
    expect((await loadSaes(join(dir, 'several', 'l0-2'), config)).map(({ layer }) => layer)).toEqual([0, 1]);
  });

  it('trains an SAE beside others to the same weights as alone', async () => {
    const few = { tokens: 1024, layers: [1] };
    await trainSaes(settings('beside', { ...few, targetL0: [2, 4] }), silentEffects());
    await trainSaes(settings('alone', { ...few, targetL0: [4] }), silentEffects());
    const weights = (folder: string) => readFile(join(dir, folder, 'blocks.1.hook_z', 'sae_weights.safetensors'));
    expect((await weights('beside/l0-4')).equals(await weights('alone'))).toBe(true);
  });

  it.each(['topk', 'jumprelu', 'relu'] as const)('trains other kinds of SAE (%s)', async (kind) => {
    await trainSaes(settings(kind, { kind, tokens: 2048, layers: [0], matryoshka: undefined }), silentEffects());
    const cfg: unknown = JSON.parse(await readFile(join(dir, kind, 'blocks.0.hook_z', 'cfg.json'), 'utf8'));
    // ReLU gets a threshold when it is calibrated.
    const architecture = kind === 'relu' ? 'jumprelu' : kind;
    expect(cfg).toMatchObject({ architecture, metadata: { training_architecture: kind } });
  });

  it('takes the nearest L0 that so few held-out tokens can have', async () => {
    const corpus = join(dir, 'context.txt');
    await writeFile(corpus, 'fifteen letters');
    const { effects, lines } = recordingEffects();
    const few = { corpus: [corpus], tokens: 256, layers: [0], targetL0: [0.1, 0.02] };
    await trainSaes(settings('few-tokens', few), effects);
    const found = lines.flatMap((line) => /l0 ([\d.]+), .* on 15 held-out tokens/.exec(line)?.[1] ?? []);
    expect(found).toEqual([2 / 15, 1 / 15].map((l0) => l0.toFixed(2)));
  });

  it('takes an L0 below what was asked for in TopK, whose tokens may have fewer positive pre-activations', async () => {
    const { effects, lines } = recordingEffects();
    await trainSaes(settings('few', { kind: 'topk', targetL0: [20], tokens: 512, layers: [0] }), effects);
    const { saes } = z
      .looseObject({ saes: z.array(z.looseObject({ l0: z.number() })) })
      .parse(JSON.parse(await readFile(join(dir, 'few', 'training.json'), 'utf8')));
    const [{ l0 } = { l0: 0 }] = saes;
    expect(l0).toBeGreaterThan(1);
    expect(l0).toBeLessThan(0.98 * 20);
    expect(lines.at(-1)).toContain(`l0 ${l0.toFixed(2)}, explained variance `);
  });

  it('goes on to the same bytes in a later epoch too', async () => {
    const more = { epochs: 4, matryoshka: [8], tokens: 4096 };
    await trainSaes(settings('epochs', more), silentEffects());
    await expect(trainSaes(settings('epochs-resumed', more), interruptedAt(3000), 0)).rejects.toThrow('interrupted');
    await trainSaes(settings('epochs-resumed', more), silentEffects(), 0);
    expect(await filesOf('epochs-resumed')).toEqual(await filesOf('epochs'));
  });
});
