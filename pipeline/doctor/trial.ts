import * as tf from '@tensorflow/tfjs-core';
import { type Engine, floatSpec, program } from '../engine/program.ts';
import { attend, contextMask } from '../model/attention.ts';
import { float32, type Shape, sizeOf } from '../numbers/tensor.ts';
import { plainAttention } from './plain-attention.ts';

/** Whether a backend computes something right, and how fast. */
export interface Trial {
  /** The largest difference from float64 arithmetic, as a share of the largest number. */
  readonly error: number;
  readonly gflops: number;
}

export interface Trials {
  readonly product: Trial;
  readonly attention: Trial;
}

/** Float32 arithmetic is as near as this; a backend that computes in TF32 is not. */
export const rightWithin = 1e-3;

/** Sizes that a backend is compared at, and those that it is timed at unless the small ones take it long. */
const products = { small: [64, 256, 512], large: [1024, 768, 3072] } as const;
const attentions = { small: [1, 4, 32, 16], large: [8, 12, 128, 64] } as const;
/** GFLOP/s below which the large sizes would take minutes. */
const slow = 2;
const runs = 5;

/** Multiplies matrices and attends, each compared with float64 arithmetic and timed. */
export async function tryEngine(engine: Engine): Promise<Trials> {
  return {
    product: await atBothSizes((size) => tryProduct(engine, products[size])),
    attention: await atBothSizes((size) => tryAttention(engine, attentions[size])),
  };
}

async function atBothSizes(attempt: (size: 'small' | 'large') => Promise<Trial>): Promise<Trial> {
  const small = await attempt('small');
  if (small.gflops < slow) return small;
  const large = await attempt('large');
  return { error: Math.max(small.error, large.error), gflops: large.gflops };
}

async function tryProduct(engine: Engine, [rows, inner, columns]: readonly [number, number, number]): Promise<Trial> {
  const weight = wave([inner, columns], 1);
  const multiply = await engine.compile(
    program({
      name: 'matrix product',
      inputs: { x: floatSpec(rows, inner) },
      outputs: { product: floatSpec(rows, columns) },
      weights: { weight },
      body: ({ x }, weights) => ({ product: tf.matMul(x as tf.Tensor2D, weights.weight as tf.Tensor2D) }),
    }),
  );
  const x = wave([rows, inner], 2);
  const { product } = await multiply({ x });
  const places = Array.from({ length: 64 }, (_, i) => [(i * 37) % rows, (i * 101) % columns] as const);
  const wanted = places.map(([row, column]) => {
    let sum = 0;
    for (let d = 0; d < inner; d++) sum += x.data[row * inner + d] * weight.data[d * columns + column];
    return sum;
  });
  const found = places.map(([row, column]) => product.data[row * columns + column]);
  const seconds = await secondsOf(() => multiply({ x }));
  await multiply.dispose();
  return { error: errorOf(found, wanted), gflops: (2e-9 * rows * inner * columns) / seconds };
}

async function tryAttention(
  engine: Engine,
  [batch, heads, length, dHead]: readonly [number, number, number, number],
): Promise<Trial> {
  const spec = floatSpec(batch, heads, length, dHead);
  const run = await engine.compile(
    program({
      name: 'attention layer',
      inputs: { query: spec, key: spec, value: spec },
      outputs: { z: floatSpec(batch, length, heads * dHead) },
      weights: {},
      body: (given) => ({ z: attend(given, { softcap: null, mask: contextMask(length, null) }).z }),
    }),
  );
  const inputs = { query: wave(spec.shape, 3), key: wave(spec.shape, 4), value: wave(spec.shape, 5) };
  const { z } = await run(inputs);
  const last = { item: batch - 1, head: heads - 1 };
  const wanted = plainAttention(inputs, { heads, length, dHead }, last);
  const found = wanted.map((_, i) => {
    const [t, d] = [Math.floor(i / dHead), i % dHead];
    return z.data[((last.item * length + t) * heads + last.head) * dHead + d];
  });
  const seconds = await secondsOf(() => run(inputs));
  await run.dispose();
  return { error: errorOf(found, wanted), gflops: (4e-9 * batch * heads * length ** 2 * dHead) / seconds };
}

/** The median of some runs. */
async function secondsOf(run: () => Promise<unknown>): Promise<number> {
  const seconds: number[] = [];
  for (let i = 0; i < runs; i++) {
    const startMs = performance.now();
    await run();
    seconds.push((performance.now() - startMs) / 1000);
  }
  return seconds.sort((a, b) => a - b)[Math.floor(runs / 2)];
}

function errorOf(found: readonly number[], wanted: readonly number[]): number {
  const scale = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const worst = wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i])), 0);
  return Number.isNaN(worst) || found.some(Number.isNaN) ? Number.POSITIVE_INFINITY : worst / scale;
}

/** Numbers in (−1, 1) that repeat nowhere near. */
function wave(shape: Shape, seed: number) {
  return float32(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(seed + i * 0.618_033_988_7)),
  );
}
