import type { Engine, OutputsOf } from '../../../engine/program.ts';
import type { Model } from '../../../model/model.ts';
import { float32, type HostTensor, int32 } from '../../../numbers/tensor.ts';
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
  /** Positions of its keys, values and patterns: at least the prompt's. */
  readonly length: number;
  readonly layers: readonly LayerSnapshot[];
}

interface Reading {
  readonly engine: Engine;
  readonly model: Model;
  readonly shape: Omit<PromptShape, 'length'>;
}

/** Prompts of a forward pass: always as many, so that the numbers do not depend on any setting. */
export const promptBatch = 8;
/** Prompts are filled up to a multiple of so many positions, and those of one length run together. */
const lengthStep = 8;

/** Runs prompts, `batch` at a time, the last batch of a length filled up. */
export async function seePrompts(reading: Reading, prompts: readonly Prompt[]): Promise<Seen[]> {
  return runPrompts({ ...reading, shape: { ...reading.shape, tail: 0 } }, prompts, seenOf);
}

/** The same, with what their tails need. */
export async function takeSnapshots(reading: Reading, prompts: readonly Prompt[]): Promise<Snapshot[]> {
  return runPrompts(reading, prompts, (prompt, outputs, part) => ({
    ...seenOf(prompt, outputs, part),
    length: filledLength(prompt, reading.model),
    layers: Object.values(outputs.memory).map(({ stream, key, value, pattern, reading }) => ({
      stream: part(stream),
      key: part(key),
      value: part(value),
      pattern: part(pattern),
      reading: part(reading),
    })),
  }));
}

type Outputs = OutputsOf<typeof promptProgram>;
/** One prompt's part of an output. */
type Part = (tensor: HostTensor) => Float32Array;

async function runPrompts<T>(
  { engine, model, shape }: Reading,
  prompts: readonly Prompt[],
  take: (prompt: Prompt, outputs: Outputs, part: Part) => T,
): Promise<T[]> {
  const taken = new Map<Prompt, T>();
  for (const [length, alike] of byFilledLength(prompts, model)) {
    const own = { ...shape, length };
    const run = await engine.compile(promptProgram(model, own));
    for (let at = 0; at < alike.length; at += shape.batch) {
      const batch = alike.slice(at, at + shape.batch);
      const outputs = await run(inputsOf(batch, own));
      for (const [row, prompt] of batch.entries()) taken.set(prompt, take(prompt, outputs, partOf(row, shape.batch)));
    }
    await run.dispose();
  }
  return prompts.flatMap((prompt) => taken.get(prompt) ?? []);
}

const filledLength = ({ tokens }: Prompt, { config }: Model): number =>
  Math.min(config.nContext, Math.ceil(tokens.length / lengthStep) * lengthStep);

const byFilledLength = (prompts: readonly Prompt[], model: Model) =>
  Map.groupBy(prompts, (prompt) => filledLength(prompt, model));

/** Forward tokens of prompts that are run together, a batch at a time. */
export function promptTokens(prompts: readonly Prompt[], model: Model): number {
  let tokens = 0;
  for (const [length, { length: count }] of byFilledLength(prompts, model)) {
    tokens += length * promptBatch * Math.ceil(count / promptBatch);
  }
  return tokens;
}

/** One row of a batch, a copy. */
const partOf =
  (row: number, batch: number): Part =>
  ({ data }) => {
    const size = data.length / batch;
    return Float32Array.from(data.subarray(row * size, (row + 1) * size));
  };

function seenOf(prompt: Prompt, { z, saes, difference, best }: Outputs, part: Part): Seen {
  const both = Object.values(z).map(part);
  const half = (row: Float32Array, i: number) => row.subarray((i * row.length) / 2, ((i + 1) * row.length) / 2);
  return {
    prompt,
    difference: part(difference)[0],
    best: part(best)[0],
    s2: both.map((row) => half(row, 0)),
    end: both.map((row) => half(row, 1)),
    x: new Map(Object.entries(saes).map(([id, { x }]) => [id, part(x)])),
    scale: new Map(Object.entries(saes).map(([id, { scale }]) => [id, part(scale)[0]])),
  };
}

function inputsOf(prompts: readonly Prompt[], { batch, length, tail }: PromptShape) {
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
  return { tokens, at, io, s, place: { ofTail: place } };
}
