import type { Engine, HostTensors } from '../../../engine/program.ts';
import type { Model } from '../../../model/model.ts';
import { float32, int32 } from '../../../numbers/tensor.ts';
import type { Prompt } from './maths/dataset.ts';
import { lookedAt, type PromptShape, promptProgram } from './programs.ts';

/** What one prompt's forward pass showed. */
export interface Seen {
  readonly prompt: Prompt;
  /** Logit of the receiver less that of the giver, at the end. */
  readonly difference: number;
  /** The token of highest logit there. */
  readonly best: number;
  /** z [dIn] by layer, at the second subject and at the end. */
  readonly s2: readonly Float32Array[];
  readonly end: readonly Float32Array[];
  /** At the second subject, by the SAE's id, what it reads, [dIn], and its readScale. */
  readonly x: ReadonlyMap<string, Float32Array>;
  readonly scale: ReadonlyMap<string, number>;
}

/** One layer of a prompt's forward pass, as its tails need it. */
interface LayerSnapshot {
  /** [tail, dModel], entering the layer. */
  readonly stream: Float32Array;
  /** [head, position, dHead] */
  readonly key: Float32Array;
  readonly value: Float32Array;
  /** Attention from the second subject, then from the end: [head, 2, position]. */
  readonly pattern: Float32Array;
  /** What reads z at the end into the logit difference, the final scale frozen: [dIn]. */
  readonly reading: Float32Array;
}

export interface Snapshot extends Seen {
  readonly layers: readonly LayerSnapshot[];
}

interface Reading {
  readonly engine: Engine;
  readonly model: Model;
  readonly shape: PromptShape;
}

/** Runs prompts, `batch` at a time, the last batch filled up. */
export async function seePrompts(reading: Reading, prompts: readonly Prompt[]): Promise<Seen[]> {
  return runPrompts({ ...reading, shape: { ...reading.shape, tail: 0 } }, prompts, (prompt, part) =>
    seenOf(prompt, part, reading),
  );
}

/** The same, with what their tails need. */
export async function takeSnapshots(reading: Reading, prompts: readonly Prompt[]): Promise<Snapshot[]> {
  const { nLayers } = reading.model.config;
  return runPrompts(reading, prompts, (prompt, part) => ({
    ...seenOf(prompt, part, reading),
    layers: Array.from({ length: nLayers }, (_, layer) => ({
      stream: part(`stream.${layer}`),
      key: part(`key.${layer}`),
      value: part(`value.${layer}`),
      pattern: part(`pattern.${layer}`),
      reading: part(`reading.${layer}`),
    })),
  }));
}

/** One prompt's part of an output. */
type Part = (name: string) => Float32Array;

async function runPrompts<T>(
  { engine, model, shape }: Reading,
  prompts: readonly Prompt[],
  take: (prompt: Prompt, part: Part) => T,
): Promise<T[]> {
  const executable = await engine.compile(promptProgram(model, shape));
  const taken: T[] = [];
  for (let at = 0; at < prompts.length; at += shape.batch) {
    const own = prompts.slice(at, at + shape.batch);
    const outputs = await executable.run(inputsOf(own, shape));
    own.forEach((prompt, row) => {
      const part = (name: string) => {
        const data = outputs[name]?.data;
        if (!data) throw new Error(`a forward pass gave no ${name}`);
        const size = data.length / shape.batch;
        return Float32Array.from(data.subarray(row * size, (row + 1) * size));
      };
      taken.push(take(prompt, part));
    });
  }
  await executable.dispose();
  return taken;
}

function seenOf(prompt: Prompt, part: Part, { model, shape }: Reading): Seen {
  const both = Array.from({ length: model.config.nLayers }, (_, layer) => part(`z.${layer}`));
  const half = (z: Float32Array, i: number) => z.subarray((i * z.length) / 2, ((i + 1) * z.length) / 2);
  return {
    prompt,
    difference: part('difference')[0] ?? Number.NaN,
    best: part('best')[0] ?? 0,
    s2: both.map((z) => half(z, 0)),
    end: both.map((z) => half(z, 1)),
    x: new Map(shape.saes.map(({ id }) => [id, part(`x.${id}`)])),
    scale: new Map(shape.saes.map(({ id }) => [id, part(`scale.${id}`)[0] ?? Number.NaN])),
  };
}

function inputsOf(prompts: readonly Prompt[], { batch, length, tail }: PromptShape): HostTensors {
  const tokens = int32([batch, length]);
  const at = float32([batch, lookedAt.length, length]);
  const place = float32([batch, Math.max(1, tail), length]);
  const [io, s] = [int32([batch]), int32([batch])];
  for (let row = 0; row < batch; row++) {
    const prompt = prompts[Math.min(row, prompts.length - 1)];
    if (!prompt) throw new RangeError('no prompt to run');
    tokens.data.set(prompt.tokens, row * length);
    lookedAt.forEach((name, i) => {
      at.data[(row * lookedAt.length + i) * length + prompt.places[name]] = 1;
    });
    for (let i = 0; i < tail; i++) place.data[(row * tail + i) * length + prompt.places.end - tail + 1 + i] = 1;
    io.data[row] = prompt.io;
    s.data[row] = prompt.s;
  }
  return { tokens, at, io, s, ...(tail > 0 ? { place } : {}) };
}
