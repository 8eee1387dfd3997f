import { mkdtemp, readdir, readFile, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordingEffects, silentEffects } from '../../pipeline/effects.ts';
import { createEngine } from '../../pipeline/engine/index.ts';
import type { Engine } from '../../pipeline/engine/program.ts';
import { flatValues } from '../../pipeline/engine/tensor-tree.ts';
import type { CurvePoint } from '../../pipeline/measures/studies/training/curve-file.ts';
import { type FloatTensor, int32 } from '../../pipeline/numbers/tensor.ts';
import type { Stage } from '../../pipeline/training/curriculum.ts';
import { type Course, type LmOptions, trainLm } from '../../pipeline/training/lm.ts';
import { readLmCheckpoint, writeLmCheckpoint } from '../../pipeline/training/lm-checkpoint.ts';
import { nothingMeasured } from '../../pipeline/training/lm-curve.ts';
import { initialState } from '../../pipeline/training/lm-state.ts';
import { lmStep } from '../../pipeline/training/lm-step.ts';
import { scalarTensor } from '../../pipeline/training/scalar-tensor.ts';
import { gpt2Conventions } from '../model/gpt2-conventions.ts';

const config = {
  ...gpt2Conventions,
  nLayers: 2,
  nHeads: 2,
  nKvHeads: 2,
  dHead: 4,
  dModel: 8,
  dMlp: 16,
  nContext: 8,
  vocabSize: 11,
  bosTokenId: 10,
  eosTokenId: 10,
  tiedEmbedding: true,
};
/** Rows that count up from a start, so that there is something to learn. */
const batch = (step: number) =>
  int32(
    [4, 8],
    Int32Array.from({ length: 32 }, (_, i) => (step + Math.floor(i / 8) * 3 + (i % 8)) % 10),
  );
const first: Stage = { pool: 5, longest: 2, context: 8 };

let engine: Engine;
let folder: string;
beforeAll(async () => {
  engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
  folder = await mkdtemp(join(tmpdir(), 'atlas-lm-'));
});
afterAll(() => rm(folder, { recursive: true }));

function options(name: string): LmOptions {
  return {
    config,
    engine,
    course: { first, batch },
    checkpoint: join(folder, name),
    seed: 5,
    steps: 60,
    peakRate: 1e-2,
    warmupSteps: 5,
    weightDecay: 0.1,
    examineEvery: 10,
    probeEvery: 1000,
    checkpointMinutes: 0,
  };
}

/** Stops the training before a step, as a power cut would. */
function failingAt(step: number, of: LmOptions): LmOptions {
  const cut: Course['batch'] = (asked, stage) => {
    if (asked === step) throw new Error('power cut');
    return of.course.batch(asked, stage);
  };
  return { ...of, course: { ...of.course, batch: cut } };
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - (b[i] ?? Number.NaN))));
}

test('a captured step gives the loss, gradient norm and state that the tfjs CPU backend gives', async () => {
  const state = initialState(config, 1);
  const inputs = { state, rows: batch(0), rate: scalarTensor(0.01), shrink: scalarTensor(0.001) };
  const program = lmStep(config, 4, 8);
  const reference = await (await createEngine({ backend: 'tfjs-cpu' })).compile(program);
  const flat = (values: object) => new Map(flatValues<FloatTensor>(program.outputs, values));
  const expected = flat(await reference(inputs));
  const captured = flat(await (await engine.compile(program))(inputs));
  expect([...captured.keys()]).toEqual([...expected.keys()]);
  let compared = 0;
  for (const [name, tensor] of expected) {
    // Adam divides by the gradient's size, which makes noise of a gradient that is zero: its means are compared.
    if (name.startsWith('next.') && !/^next\.[mv]\//.test(name)) continue;
    const scale = Math.max(...Array.from(tensor.data, Math.abs));
    expect(largestDifference(tensor.data, captured.get(name)?.data ?? []), name).toBeLessThanOrEqual(
      1e-5 * scale + 1e-9,
    );
    compared++;
  }
  expect(compared).toBe(74);
});

test('the loss falls to what counting leaves unknown, and the curve says how', async () => {
  const probe = async () => ({ ...nothingMeasured, held_out: 2 });
  const { curve } = await trainLm({ ...options('falls'), steps: 210, probe, probeEvery: 50 }, silentEffects());
  expect(curve.map(({ step, tokens }) => [step, tokens])).toEqual([50, 100, 150, 200, 210].map((n) => [n, n * 32]));
  expect(curve.map(({ held_out, pool, context }) => [held_out, pool, context])).toEqual(Array(5).fill([2, 5, 8]));
  expect(curve[0]?.loss).toBeGreaterThan(1);
  expect(curve.at(-1)?.loss).toBeLessThan(0.4);
  expect(curve.at(-1)?.learning_rate).toBe(0);
});

/** Rows of half the length from the second stage on. */
const staged: Course = {
  first,
  batch: (step, { context }) =>
    int32(
      [4, context],
      Int32Array.from({ length: 4 * context }, (_, i) => (step + i) % 10),
    ),
  examine: async (stage, step) => (step === 20 ? { ...stage, pool: 10, context: 4 } : stage),
};

test('a stage is left for the next at an examination, the batch taking the shape that it asks for', async () => {
  const { effects, lines } = recordingEffects();
  const { curve } = await trainLm({ ...options('staged'), course: staged, steps: 40, probeEvery: 20 }, effects);
  expect(curve.map(({ step, tokens, pool }) => [step, tokens, pool])).toEqual([
    [20, 640, 10],
    [40, 960, 10],
  ]);
  expect(lines).toContain('step 20, 640 tokens: pool 10, up to 2, context 4');
});

test('a training cut off in its second stage goes on there', async () => {
  const of = (name: string) => ({ ...options(name), course: staged, steps: 40, probeEvery: 20 });
  const whole = await trainLm(of('staged whole'), silentEffects());
  await expect(trainLm(failingAt(31, of('staged cut')), silentEffects())).rejects.toThrow('power cut');
  expect(await trainLm(of('staged cut'), silentEffects())).toEqual(whole);
});

test('a training that was cut off and resumed writes the bytes of one that was not', async () => {
  const whole = await trainLm(options('whole'), silentEffects());
  const cut = options('cut');
  await expect(trainLm(failingAt(37, cut), silentEffects())).rejects.toThrow('power cut');
  expect(await trainLm(cut, silentEffects())).toEqual(whole);
  expect(await stateOf('cut')).toEqual(await stateOf('whole'));
});

/** The bytes of a training's last checkpoint. */
async function stateOf(name: string): Promise<Buffer> {
  const files = (await readdir(folder)).filter((file) => file.startsWith(`${name}-`));
  expect(files).toHaveLength(1);
  return readFile(join(folder, files[0] ?? ''));
}

test('a damaged checkpoint is not trained on: the training begins again', async () => {
  const damaged = options('damaged');
  await expect(trainLm(failingAt(37, damaged), silentEffects())).rejects.toThrow('power cut');
  const [file = ''] = (await readdir(dirname(damaged.checkpoint))).filter((name) =>
    /^damaged-.*safetensors$/.test(name),
  );
  const path = join(dirname(damaged.checkpoint), file);
  await truncate(path, (await stat(path)).size - 4);
  const { effects, lines } = recordingEffects();
  const weights = await trainLm(damaged, effects);
  expect(lines[0]).toMatch(/^damaged working file: \d+ bytes, expected \d+ \(.*\): the training begins again$/);
  expect(weights).toEqual(await trainLm(options('fresh'), silentEffects()));
});

test('a checkpoint keeps counts that float32 would round', async () => {
  const path = join(folder, 'counts');
  const [step, decayFrom] = [2 ** 24 + 1, 2 ** 24 + 3];
  const point: CurvePoint = {
    ...nothingMeasured,
    ...{ step, tokens: 2 ** 31, learning_rate: 0.1, loss: null, pool: 16, context: 48 },
  };
  const schedule = { peak: 1, warmup: 1, decayFrom, decay: 7 };
  const progress = { step, tokens: 2 ** 40 + 1, loss: 0.1, stage: first, schedule, curve: [point] };
  await writeLmCheckpoint(path, initialState(config, 1), progress);
  expect((await readLmCheckpoint(path, config))?.progress).toEqual(progress);
});

test('a checkpoint of another model is refused by name', async () => {
  const other = { ...config, vocabSize: 12 };
  await trainLm({ ...options('other'), steps: 2 }, silentEffects());
  await expect(trainLm({ ...options('other'), config: other }, silentEffects())).rejects.toThrow(
    /shape mismatch: embedding\.tokens is \[11,8\], expected \[12,8\]/,
  );
});
