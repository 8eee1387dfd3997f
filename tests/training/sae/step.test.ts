import '@tensorflow/tfjs'; // the gradients of its ops
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../../pipeline/engine/index.ts';
import type { SaeKind } from '../../../pipeline/training/sae/kind-names.ts';
import { kinds } from '../../../pipeline/training/sae/kinds.ts';
import { widthOf } from '../../../pipeline/training/sae/shape.ts';
import type { ParameterName, SaeState } from '../../../pipeline/training/sae/state.ts';
import { type StepOptions, takeStep } from '../../../pipeline/training/sae/step.ts';
import { SAE_ADAM } from '../../../pipeline/training/sae/update.ts';
import { tinyShape, tinyState } from './tiny-state.ts';

const { dSae, batch } = tinyShape;
const width = widthOf(tinyShape);

beforeAll(async () => {
  await createEngine({ backend: 'tfjs-cpu' });
});

const options = (kind: SaeKind, more: Partial<StepOptions> = {}): StepOptions => ({
  kind: kinds[kind],
  targetL0: 2,
  lambda: 0.7,
  learningRate: 0.01,
  done: 0,
  prefixes: [dSae],
  dead: new Int32Array(0),
  ...more,
});

interface Tensors {
  readonly x: tf.Tensor2D;
  readonly wEnc: tf.Tensor2D;
  readonly wDec: tf.Tensor2D;
  readonly bEnc: tf.Tensor;
  readonly bDec: tf.Tensor;
}

function tensorsOf({ parameters, floats }: SaeState): Tensors {
  const matrix = (data: Float32Array, rows: number) => tf.tensor2d(data.slice(0, rows * width), [rows, width]);
  return {
    x: matrix(floats.x, batch),
    wEnc: matrix(parameters.wEnc.p, dSae),
    wDec: matrix(parameters.wDec.p, dSae),
    bEnc: tf.tensor1d(parameters.bEnc.p.slice(0, dSae)),
    bDec: tf.tensor1d(parameters.bDec.p.slice()),
  };
}

const preOf = ({ x, wEnc, bEnc }: Tensors) => tf.add(tf.matMul(x, wEnc, false, true), bEnc);
const squaredError = (rest: tf.Tensor) => tf.div(tf.sum(tf.square(rest)), batch);

type Loss = (at: Tensors) => tf.Tensor;

/** Gradients of a loss by autodiff, what is along a decoder row taken away, scaled to a joint norm of 1 at most. */
function clippedGradients(state: SaeState, loss: Loss): Record<Exclude<ParameterName, 'theta'>, Float32Array> {
  const { x, ...point } = tensorsOf(state);
  const names = ['wEnc', 'wDec', 'bEnc', 'bDec'] as const;
  const grads = tf.grads((...given) => {
    const [wEnc, wDec, bEnc, bDec] = given as [tf.Tensor2D, tf.Tensor2D, tf.Tensor, tf.Tensor];
    return loss({ x, wEnc, wDec, bEnc, bDec });
  })(names.map((name) => point[name]));
  const along = tf.mul(tf.sum(tf.mul(grads[1] ?? x, point.wDec), 1, true), point.wDec);
  grads[1] = tf.sub(grads[1] ?? x, along);
  const norm = Math.sqrt(grads.reduce((sum, grad) => sum + (tf.sum(tf.square(grad)).dataSync()[0] ?? 0), 0));
  const [wEnc, wDec, bEnc, bDec] = grads.map((grad) => Float32Array.from(tf.div(grad, Math.max(1, norm)).dataSync()));
  if (!wEnc || !wDec || !bEnc || !bDec) throw new Error('four gradients were asked for');
  return { wEnc, wDec, bEnc, bDec };
}

/** Takes a first step, after which Adam's mean is the clipped gradient times 1 − β1, and compares. */
function expectGradients(state: SaeState, loss: Loss, stepOptions: StepOptions): void {
  const expected = clippedGradients(state, loss);
  takeStep(state, stepOptions);
  for (const name of ['wEnc', 'wDec', 'bEnc', 'bDec'] as const) {
    const { m } = state.parameters[name];
    const size = Math.max(...expected[name].map(Math.abs));
    expect(size, name).toBeGreaterThan(0);
    expected[name].forEach((value, i) => {
      expect(Math.abs((m[i] ?? 0) / (1 - SAE_ADAM.beta1) - value), `${name} ${i}`).toBeLessThan(1e-5 + 1e-5 * size);
    });
  }
}

/** 1 where an entry is among the k·batch largest positive ones. */
function batchTopMask(state: SaeState, k: number): tf.Tensor2D {
  const pre = state.floats.pre.slice(0, batch * dSae);
  const least = pre.toSorted().at(-k * batch) ?? 0;
  return tf.tensor2d(
    pre.map((value) => (value >= least && value > 0 ? 1 : 0)),
    [batch, dSae],
  );
}

const decoded = (f: tf.Tensor, { wDec, bDec, x }: Tensors) =>
  tf.sub(tf.add(tf.matMul(f as tf.Tensor2D, wDec), bDec), x);

describe('a step’s gradient', () => {
  it('is that of ‖x − x̂‖² for the batch’s largest activations', async () => {
    const state = await tinyState();
    const mask = batchTopMask(state, 2);
    expectGradients(state, (at) => squaredError(decoded(tf.mul(preOf(at), mask), at)), options('batchtopk'));
  });

  it('is that of the mean over nested prefixes for Matryoshka', async () => {
    const prefixes = [3, 7, dSae];
    const state = await tinyState(prefixes.length);
    const mask = batchTopMask(state, 3);
    const loss: Loss = (at) => {
      const errors = prefixes.map((end) => {
        const first = tf.tensor1d(Float32Array.from({ length: dSae }, (_, i) => (i < end ? 1 : 0)));
        return squaredError(decoded(tf.mul(tf.mul(preOf(at), mask), first), at));
      });
      return tf.div(tf.addN(errors), prefixes.length);
    };
    expectGradients(state, loss, options('batchtopk', { targetL0: 3, prefixes }));
  });

  it('is that of ‖x − x̂‖² + λ·‖f‖₁ for ReLU', async () => {
    const state = await tinyState();
    const loss: Loss = (at) => {
      const f = tf.relu(preOf(at));
      return tf.add(squaredError(decoded(f, at)), tf.div(tf.mul(0.7, tf.sum(f)), batch));
    };
    expectGradients(state, loss, options('relu'));
  });

  it('adds that of dead features reconstructing the error, which is held fixed', async () => {
    const state = await tinyState();
    const dead = Int32Array.of(1, 4);
    const mask = batchTopMask(state, 2);
    const error = decoded(tf.mul(preOf(tensorsOf(state)), mask), tensorsOf(state));
    const isDead = tf.tensor1d(Float32Array.from({ length: dSae }, (_, i) => (dead.includes(i) ? 1 : 0)));
    const weight = dead.length / (tinyShape.dIn / 2);
    const loss: Loss = (at) => {
      const rest = tf.add(error, tf.matMul(tf.mul(tf.relu(preOf(at)), isDead) as tf.Tensor2D, at.wDec));
      const main = squaredError(decoded(tf.mul(preOf(at), mask), at));
      return tf.add(main, tf.mul(weight, squaredError(rest)));
    };
    expectGradients(state, loss, options('batchtopk', { dead }));
  });

  it('is the straight-through estimate for JumpReLU’s thresholds and pre-activations', async () => {
    const state = await tinyState();
    const [theta, targetL0] = [0.8, 0.05];
    const bandwidth = 0.07 * Math.sqrt(tinyShape.dIn / targetL0);
    state.parameters.theta.p.fill(theta, 0, dSae);
    const pre = state.floats.pre.slice(0, batch * dSae);
    const active = tf.tensor2d(
      pre.map((value) => (value > theta ? 1 : 0)),
      [batch, dSae],
    );
    const at = tensorsOf(state);
    const perActivation = tf
      .matMul(decoded(tf.mul(preOf(at), active), at) as tf.Tensor2D, at.wDec, false, true)
      .dataSync();
    const expected = { theta: new Float64Array(dSae), bEnc: new Float64Array(dSae) };
    const add = (sums: Float64Array, i: number, value: number) => (sums[i % dSae] = (sums[i % dSae] ?? 0) + value);
    pre.forEach((value, i) => {
      const dot = 2 * (perActivation[i] ?? 0);
      if (value > theta) add(expected.bEnc, i, dot / batch);
      if (Math.abs(value - theta) >= bandwidth / 2) return;
      add(expected.theta, i, -(theta * dot + 0.7) / (bandwidth * batch));
      add(expected.bEnc, i, (theta * dot + 0.7) / (bandwidth * batch));
    });
    const { figures } = takeStep(state, options('jumprelu', { targetL0 }));
    expect(expected.theta.filter((value) => value !== 0).length).toBeGreaterThan(2);
    for (const name of ['theta', 'bEnc'] as const) {
      expected[name].forEach((value, feature) => {
        const found = ((state.parameters[name].m[feature] ?? 0) / 0.1) * Math.max(1, figures.gradient);
        expect(Math.abs(found - value), `${name} ${feature}`).toBeLessThan(1e-4 * (1 + Math.abs(value)));
      });
    }
    const activeCount = pre.filter((value) => value > theta).length;
    expect(figures.l0).toBeCloseTo(activeCount / batch, 6);
  });

  it('leaves decoder rows at unit norm, and says the mean ‖x − x̂‖² and L0', async () => {
    const state = await tinyState();
    const before = tensorsOf(state);
    const error = squaredError(decoded(tf.mul(preOf(before), batchTopMask(state, 2)), before)).dataSync()[0];
    const { figures } = takeStep(state, options('batchtopk'));
    expect(figures.error).toBeCloseTo(error ?? Number.NaN, 4);
    expect(figures.l0).toBe(2);
    for (let row = 0; row < dSae; row++) {
      expect(Math.hypot(...state.parameters.wDec.p.subarray(row * width, (row + 1) * width))).toBeCloseTo(1, 5);
    }
  });
});
