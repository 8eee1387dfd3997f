import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../pipeline/engine/index.ts';
import { randomNormal, seededRandom } from '../../pipeline/numbers/seeded-random.ts';
import { float32 } from '../../pipeline/numbers/tensor.ts';
import { redirectedRows, revive } from '../../pipeline/training/sae-resample.ts';
import { type SaeState, tensorOf, unitVector, zeroState } from '../../pipeline/training/sae-state.ts';
import { removeParallel, saeGradients, saeParameters, saeStep, stateNames } from '../../pipeline/training/sae-step.ts';

const shape = { dIn: 4, dSae: 6 };
const tokens = 8;

function normals(size: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: size }, () => randomNormal(random));
}

/** Random parameters with unit decoder rows. */
function randomState(): SaeState {
  const state = zeroState(shape);
  saeParameters.forEach((name, i) => {
    tensorOf(state, name).data.set(normals(tensorOf(state, name).data.length, i));
  });
  const { data } = tensorOf(state, 'wDec');
  for (let row = 0; row < shape.dSae; row++) data.set(unitVector(Float64Array.from(rowOf(data, row))), row * shape.dIn);
  return state;
}

const rowOf = (data: Float32Array, row: number) => data.subarray(row * shape.dIn, (row + 1) * shape.dIn);
const norm = (values: ArrayLike<number>) => Math.sqrt(Array.from(values).reduce((sum, value) => sum + value ** 2, 0));

async function step(state: SaeState, x: Float32Array, lambda = 0.5) {
  const engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
  const run = await engine.compile(saeStep(shape, tokens));
  const scalars = { lambda: float32([], Float32Array.of(lambda)), rate: float32([], Float32Array.of(0.01)) };
  const names = saeParameters.flatMap((name) => Object.values(stateNames(name)));
  const given = Object.fromEntries(names.map((name) => [name, tensorOf(state, name)]));
  return run({ state: given, ...scalars, x: float32([tokens, shape.dIn], x) });
}

beforeAll(async () => {
  await createEngine({ backend: 'tfjs-cpu' });
});

describe('saeGradients', () => {
  it('are those of the loss as the paper writes it', async () => {
    await tf.setBackend('cpu');
    const state = randomState();
    const x = tf.tensor(normals(tokens * shape.dIn, 9), [tokens, shape.dIn]);
    const lambda = tf.scalar(0.7);
    const at = (name: string) => tf.tensor(tensorOf(state, name).data, [...tensorOf(state, name).shape]);
    const points = saeParameters.map(at);
    const expected = tf.grads((wEnc, bEnc, wDec, bDec) => {
      const f = tf.relu(tf.add(tf.matMul(tf.sub(x, bDec) as tf.Tensor2D, wEnc as tf.Tensor2D), bEnc));
      const error = tf.sum(tf.square(tf.sub(x, tf.add(tf.matMul(f as tf.Tensor2D, wDec as tf.Tensor2D), bDec))), 1);
      return tf.mean(tf.add(error, tf.mul(lambda, tf.sum(tf.abs(f), 1))));
    })(points);
    const [wEnc, bEnc, wDec, bDec] = points as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const gradients = saeGradients(x, lambda, { wEnc, bEnc, wDec, bDec });
    expect(gradients).toHaveLength(4);
    for (const [i, gradient] of gradients.entries()) {
      const [values, wanted] = [await gradient.data(), await (expected[i] ?? tf.scalar(0)).data()];
      expect(norm(wanted)).toBeGreaterThan(0.1);
      expect(norm(values.map((value, j) => value - (wanted[j] ?? 0)))).toBeLessThan(1e-5 * norm(wanted));
    }
  });
});

describe('saeStep', () => {
  it('keeps decoder rows at unit norm and moves them', async () => {
    const state = randomState();
    const { next } = await step(state, normals(tokens * shape.dIn, 9));
    const before = tensorOf(state, 'wDec').data;
    const after = next.wDec.data;
    expect(norm(after.map((value, i) => value - (before[i] ?? 0)))).toBeGreaterThan(1e-3);
    for (let row = 0; row < shape.dSae; row++) expect(norm(rowOf(after as Float32Array, row))).toBeCloseTo(1, 6);
  });

  it('removes what a decoder row’s gradient has along the row', async () => {
    await tf.setBackend('cpu');
    const state = randomState();
    const rows = tf.tensor(tensorOf(state, 'wDec').data, [shape.dSae, shape.dIn]);
    const gradient = tf.tensor(normals(shape.dSae * shape.dIn, 5), [shape.dSae, shape.dIn]);
    const along = await tf.sum(tf.mul(removeParallel(gradient, rows), rows), 1).data();
    expect(Math.max(...Array.from(along, Math.abs))).toBeLessThan(1e-6);
  });

  it('tells on how many tokens each feature was active', async () => {
    const state = randomState();
    tensorOf(state, 'bEnc').data.set([-1e6, 1e6, -1e6, 1e6, -1e6, -1e6]);
    const { active } = await step(state, normals(tokens * shape.dIn, 9));
    expect(Array.from(active?.data ?? [])).toEqual([0, tokens, 0, tokens, 0, 0]);
  });
});

describe('redirectedRows and revive', () => {
  it('points a dead feature at a badly explained input, and revives it', async () => {
    const state = randomState();
    tensorOf(state, 'bEnc').data[2] = -1e6;
    const x = normals(tokens * shape.dIn, 9);
    const errors = Float32Array.from({ length: tokens }, (_, token) => (token === 5 ? 100 : 1e-3));
    expect((await step(state, x)).active.data[2]).toBe(0);
    tensorOf(state, 'm/wDec').data.fill(7);
    tensorOf(state, 'm/wEnc').data.fill(7);
    const rows = redirectedRows(state, [2], { x, errors }, seededRandom(1));
    revive(state, [2], { rows, thresholds: new Float32Array(shape.dSae) });
    const bDec = tensorOf(state, 'bDec').data;
    const direction = unitVector(Float64Array.from(bDec, (bias, d) => (x[5 * shape.dIn + d] ?? 0) - bias));
    const row = rowOf(tensorOf(state, 'wDec').data, 2);
    direction.forEach((value, d) => expect(row[d]).toBeCloseTo(value, 6));
    expect(Array.from(rowOf(tensorOf(state, 'm/wDec').data, 2))).toEqual([0, 0, 0, 0]);
    expect(Array.from(rowOf(tensorOf(state, 'm/wDec').data, 3))).toEqual([7, 7, 7, 7]);
    expect(tensorOf(state, 'm/wEnc').data.filter((value) => value === 0)).toHaveLength(shape.dIn);
    expect((await step(state, x)).active.data[2]).toBeGreaterThan(0);
  });
});
