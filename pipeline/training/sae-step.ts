import * as tf from '@tensorflow/tfjs-core';
import { floatSpec, type Program, type TensorSpec } from '../engine/program.ts';
import { type AdamState, adamUpdate } from './adam.ts';

export const SAE_ADAM = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8 };

export interface SaeShape {
  readonly dIn: number;
  readonly dSae: number;
}

export const saeParameters = ['wEnc', 'bEnc', 'wDec', 'bDec'] as const;
export type SaeParameter = (typeof saeParameters)[number];
type Parameters = Readonly<Record<SaeParameter, tf.Tensor>>;

/** Names of a parameter's three state tensors: its value and Adam's two means. */
export const stateNames = (name: SaeParameter | 'gain') => ({ value: name, m: `m/${name}`, v: `v/${name}` });

function parameterShapes({ dIn, dSae }: SaeShape): Record<SaeParameter, readonly number[]> {
  return { wEnc: [dIn, dSae], bEnc: [dSae], wDec: [dSae, dIn], bDec: [dIn] };
}

/** The tensors of an SAE in training, Adam's means with them; a step takes its own as `NAME` and gives `next/NAME`. */
export function stateSpecs(shape: SaeShape): Record<string, TensorSpec> {
  return { ...specsOf(shape, saeParameters), ...specsOf(shape, ['gain']) };
}

function specsOf(shape: SaeShape, names: readonly (SaeParameter | 'gain')[]): Record<string, TensorSpec> {
  const shapes = { ...parameterShapes(shape), gain: [shape.dSae] };
  const specs = names.flatMap((name) => Object.values(stateNames(name)).map((key) => [key, shapes[name]] as const));
  // biome-ignore lint/plugin: a tensor has few dimensions
  return Object.fromEntries(specs.map(([key, dims]) => [key, floatSpec(...dims)]));
}

/** (x − bDec)·wEnc + bEnc, written as x·wEnc + (bEnc − bDec·wEnc): bDec's gradient then needs no product as large as x. */
function preActivations(x: tf.Tensor, { wEnc, bEnc, bDec }: Parameters): tf.Tensor {
  const shift = tf.matMul(tf.reshape(bDec, [1, -1]), wEnc as tf.Tensor2D);
  return tf.add(tf.matMul(x as tf.Tensor2D, wEnc as tf.Tensor2D), tf.sub(bEnc, shift));
}

/**
 * ReLU whose gradient is that of ReLU plus a penalty on its output's sum: on active features the L1 term's gradient
 * is the constant `penalty` [dSae], so it costs no pass over [token, dSae] of its own.
 */
function penalizedRelu(pre: tf.Tensor, penalty: tf.Tensor): tf.Tensor {
  const relu = tf.customGrad((x, save) => {
    const f = tf.relu(x as tf.Tensor);
    (save as tf.GradSaveFunc)([f]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(tf.add(dy, penalty), tf.sign(saved[0] ?? dy));
    return { value: f, gradFunc };
  });
  return relu(pre);
}

/** ẑ − x with ẑ = f·wDec + bDec. */
function residual(x: tf.Tensor, f: tf.Tensor, { wDec, bDec }: Parameters): tf.Tensor {
  return tf.sub(tf.add(tf.matMul(f as tf.Tensor2D, wDec as tf.Tensor2D), bDec), x);
}

/** Σ‖x − ẑ‖²/n */
function meanSquaredError(x: tf.Tensor, f: tf.Tensor, parameters: Parameters): tf.Scalar {
  return tf.div(tf.sum(tf.square(residual(x, f, parameters))), x.shape[0] ?? 1);
}

/**
 * Gradients of the paper's loss ‖x − ẑ‖² + λ·‖f‖₁, a mean over the tokens of x [token, dIn], by saeParameters.
 * Source: Kissane et al. 2024, arXiv:2406.17759, section 2; Bricken et al. 2023, "Towards Monosemanticity".
 */
export function saeGradients(x: tf.Tensor, lambda: tf.Tensor, parameters: Parameters): tf.Tensor[] {
  const penalty = tf.mul(tf.ones(parameters.bEnc.shape), tf.div(lambda, x.shape[0] ?? 1));
  const { grads } = tf.valueAndGrads((wEnc: tf.Tensor, bEnc: tf.Tensor, wDec: tf.Tensor, bDec: tf.Tensor) => {
    const point = { wEnc, bEnc, wDec, bDec };
    return meanSquaredError(x, penalizedRelu(preActivations(x, point), penalty), point);
  })(saeParameters.map((name) => parameters[name]));
  return grads;
}

/** A gradient of unit rows without its component along each: g − (g·d)·d. g and rows d [dSae, dIn]. */
export function removeParallel(gradient: tf.Tensor, rows: tf.Tensor): tf.Tensor {
  return tf.sub(gradient, tf.mul(tf.sum(tf.mul(gradient, rows), 1, true), rows));
}

/** Rows of [dSae, dIn] divided by their norms. */
function unitRows(rows: tf.Tensor): tf.Tensor {
  return tf.div(rows, tf.sqrt(tf.sum(tf.square(rows), 1, true)));
}

/**
 * One training step as a program. Inputs: `x` [token, dIn] (scaled z), `lambda`, `rate` (see adamUpdate) and the state.
 * Outputs: the next state; means over tokens `error` ‖x − ẑ‖², `spread` ‖x − x̄‖² and `l1` ‖f‖₁;
 * `active` [dSae], on how many tokens each feature was active.
 */
export function saeStep(shape: SaeShape, batch: number): Program {
  return {
    name: 'sparse autoencoder step',
    inputs: {
      x: floatSpec(batch, shape.dIn),
      lambda: floatSpec(),
      rate: floatSpec(),
      ...specsOf(shape, saeParameters),
    },
    weights: {},
    body(inputs) {
      const get = (name: string) => inputs[name] ?? tf.scalar(Number.NaN);
      const [x, lambda, rate] = [get('x'), get('lambda'), get('rate')];
      const current = { wEnc: get('wEnc'), bEnc: get('bEnc'), wDec: get('wDec'), bDec: get('bDec') };
      const gradients = saeGradients(x, lambda, current);
      const next = saeParameters.map((name, i) => {
        return named(
          name,
          updateParameter(name, adamState(name, get), gradients[i] ?? tf.zerosLike(current[name]), rate),
        );
      });
      const updated = Object.fromEntries(next.flatMap((own) => Object.entries(own)));
      return { ...updated, ...statistics(x, tf.relu(preActivations(x, current)), current) };
    },
  };
}

/** x [token, dIn] and the parameters → `errors` ‖x − ẑ‖² [token]. */
export function saeErrors(shape: SaeShape, batch: number): Program {
  // biome-ignore lint/plugin: a tensor has few dimensions
  const parameters = Object.entries(parameterShapes(shape)).map(([name, dims]) => [name, floatSpec(...dims)]);
  return {
    name: 'sparse autoencoder errors',
    inputs: { x: floatSpec(batch, shape.dIn), ...Object.fromEntries(parameters) },
    weights: {},
    body(inputs) {
      const get = (name: string) => inputs[name] ?? tf.scalar(Number.NaN);
      const point = { wEnc: get('wEnc'), bEnc: get('bEnc'), wDec: get('wDec'), bDec: get('bDec') };
      return { errors: tf.sum(tf.square(residual(get('x'), tf.relu(preActivations(get('x'), point)), point)), 1) };
    },
  };
}

function updateParameter(name: SaeParameter, state: AdamState, gradient: tf.Tensor, rate: tf.Tensor): AdamState {
  if (name !== 'wDec') return adamUpdate(state, gradient, { rate }, SAE_ADAM);
  const updated = adamUpdate(state, removeParallel(gradient, state.value), { rate }, SAE_ADAM);
  return { ...updated, value: unitRows(updated.value) };
}

type Get = (name: string) => tf.Tensor;

function adamState(name: SaeParameter | 'gain', get: Get): AdamState {
  const keys = stateNames(name);
  return { value: get(keys.value), m: get(keys.m), v: get(keys.v) };
}

function named(name: SaeParameter | 'gain', { value, m, v }: AdamState): Record<string, tf.Tensor> {
  const keys = stateNames(name);
  return { [`next/${keys.value}`]: value, [`next/${keys.m}`]: m, [`next/${keys.v}`]: v };
}

const LEAST_GAIN = 0.01;

/**
 * One step of the last part of training: no L1, and which features are active stays as it is. Each feature's
 * activation is multiplied by its `gain` [dSae], which is learnt with wDec: L1 had made activations too small.
 * Inputs `x`, `rate`, `gainRate` and the state; outputs as saeStep's, for gain and wDec only.
 * Source: Wright, Sharkey 2024, "Addressing Feature Suppression in SAEs".
 */
export function gainStep(shape: SaeShape, batch: number): Program {
  const rates = { rate: floatSpec(), gainRate: floatSpec() };
  const parameters = Object.fromEntries(
    // biome-ignore lint/plugin: a tensor has few dimensions
    Object.entries(parameterShapes(shape)).map(([key, dims]) => [key, floatSpec(...dims)]),
  );
  return {
    name: 'sparse autoencoder gain step',
    inputs: { x: floatSpec(batch, shape.dIn), ...rates, ...parameters, ...specsOf(shape, ['wDec', 'gain']) },
    weights: {},
    body(inputs) {
      const get = (name: string) => inputs[name] ?? tf.scalar(Number.NaN);
      const x = get('x');
      const current = { wEnc: get('wEnc'), bEnc: get('bEnc'), wDec: get('wDec'), bDec: get('bDec') };
      const f = tf.relu(preActivations(x, current));
      const { grads } = tf.valueAndGrads((gain: tf.Tensor, wDec: tf.Tensor) =>
        meanSquaredError(x, tf.mul(f, gain), { ...current, wDec }),
      )([get('gain'), current.wDec]);
      const [ofGain, ofDecoder] = [grads[0] ?? get('gain'), grads[1] ?? current.wDec];
      const gain = adamUpdate(adamState('gain', get), ofGain, { rate: get('gainRate') }, SAE_ADAM);
      return {
        ...named('gain', { ...gain, value: tf.maximum(gain.value, LEAST_GAIN) }),
        ...named('wDec', updateParameter('wDec', adamState('wDec', get), ofDecoder, get('rate'))),
        ...statistics(x, tf.mul(f, get('gain')), current),
      };
    },
  };
}

// ONNX Runtime computes what this shares with the loss once, though it is written twice.
function statistics(x: tf.Tensor, f: tf.Tensor, parameters: Parameters): Record<string, tf.Tensor> {
  const tokens = x.shape[0] ?? 1;
  return {
    error: meanSquaredError(x, f, parameters),
    spread: tf.div(tf.sum(tf.square(tf.sub(x, tf.mean(x, 0, true)))), tokens),
    l1: tf.div(tf.sum(f), tokens),
    active: tf.reshape(tf.matMul(tf.ones([1, tokens]), tf.sign(f) as tf.Tensor2D), [-1]),
  };
}
