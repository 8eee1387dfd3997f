import * as tf from '@tensorflow/tfjs-core';
import { floatSpec, program, type TensorSpec } from '../engine/program.ts';
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

type FloatSpecs = Readonly<Record<string, TensorSpec<'float32'>>>;

/** The tensors of an SAE in training, Adam's means with them. */
export function stateSpecs(shape: SaeShape): FloatSpecs {
  return { ...specsOf(shape, saeParameters), ...specsOf(shape, ['gain']) };
}

function specsOf(shape: SaeShape, names: readonly (SaeParameter | 'gain')[]): FloatSpecs {
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

/** Specs of what `statistics` gives. */
const statisticSpecs = ({ dSae }: SaeShape) => ({
  error: floatSpec(),
  spread: floatSpec(),
  l1: floatSpec(),
  active: floatSpec(dSae),
});

/**
 * One training step: `x` [token, dIn] (scaled z), `lambda`, `rate` (see adamUpdate) and the state → the next state; means
 * over tokens `error` ‖x − ẑ‖², `spread` ‖x − x̄‖² and `l1` ‖f‖₁; `active`, on how many tokens each feature was active.
 */
export function saeStep(shape: SaeShape, batch: number) {
  const state = specsOf(shape, saeParameters);
  return program({
    name: 'sparse autoencoder step',
    inputs: { x: floatSpec(batch, shape.dIn), lambda: floatSpec(), rate: floatSpec(), state },
    outputs: { ...statisticSpecs(shape), next: state },
    weights: {},
    body({ x, lambda, rate, state }) {
      const current = parametersOf(state);
      const gradients = saeGradients(x, lambda, current);
      const next = saeParameters.map((name, i) =>
        named(name, updateParameter(name, adamState(name, state), gradients[i], rate)),
      );
      return {
        next: Object.fromEntries(next.flatMap((own) => Object.entries(own))),
        ...statistics(x, tf.relu(preActivations(x, current)), current),
      };
    },
  });
}

const parametersOf = ({ wEnc, bEnc, wDec, bDec }: tf.NamedTensorMap): Parameters => ({ wEnc, bEnc, wDec, bDec });

/** Specs of the parameters without Adam's means. */
function parameterSpecs(shape: SaeShape): FloatSpecs {
  const shapes = Object.entries(parameterShapes(shape));
  // biome-ignore lint/plugin: a tensor has few dimensions
  return Object.fromEntries(shapes.map(([name, dims]) => [name, floatSpec(...dims)]));
}

/** x [token, dIn] and the parameters → `errors` ‖x − ẑ‖² [token]. */
export function saeErrors(shape: SaeShape, batch: number) {
  return program({
    name: 'sparse autoencoder errors',
    inputs: { x: floatSpec(batch, shape.dIn), state: parameterSpecs(shape) },
    outputs: { errors: floatSpec(batch) },
    weights: {},
    body({ x, state }) {
      const point = parametersOf(state);
      return { errors: tf.sum(tf.square(residual(x, tf.relu(preActivations(x, point)), point)), 1) };
    },
  });
}

function updateParameter(name: SaeParameter, state: AdamState, gradient: tf.Tensor, rate: tf.Tensor): AdamState {
  if (name !== 'wDec') return adamUpdate(state, gradient, { rate }, SAE_ADAM);
  const updated = adamUpdate(state, removeParallel(gradient, state.value), { rate }, SAE_ADAM);
  return { ...updated, value: unitRows(updated.value) };
}

function adamState(name: SaeParameter | 'gain', state: tf.NamedTensorMap): AdamState {
  const keys = stateNames(name);
  return { value: state[keys.value], m: state[keys.m], v: state[keys.v] };
}

function named(name: SaeParameter | 'gain', { value, m, v }: AdamState): Record<string, tf.Tensor> {
  const keys = stateNames(name);
  return { [keys.value]: value, [keys.m]: m, [keys.v]: v };
}

const LEAST_GAIN = 0.01;

/**
 * One step of the last part of training: no L1, and which features are active stays as it is. Each feature's
 * activation is multiplied by its `gain` [dSae], which is learnt with wDec: L1 had made activations too small.
 * `x`, `rate`, `gainRate` and the state → as saeStep, for gain and wDec only.
 * Source: Wright, Sharkey 2024, "Addressing Feature Suppression in SAEs".
 */
export function gainStep(shape: SaeShape, batch: number) {
  const learnt = specsOf(shape, ['wDec', 'gain']);
  return program({
    name: 'sparse autoencoder gain step',
    inputs: {
      x: floatSpec(batch, shape.dIn),
      rate: floatSpec(),
      gainRate: floatSpec(),
      state: { ...parameterSpecs(shape), ...learnt },
    },
    outputs: { ...statisticSpecs(shape), next: learnt },
    weights: {},
    body({ x, rate, gainRate, state }) {
      const current = parametersOf(state);
      const f = tf.relu(preActivations(x, current));
      const { grads } = tf.valueAndGrads((gain: tf.Tensor, wDec: tf.Tensor) =>
        meanSquaredError(x, tf.mul(f, gain), { ...current, wDec }),
      )([state.gain, current.wDec]);
      const [ofGain, ofDecoder] = grads;
      const gain = adamUpdate(adamState('gain', state), ofGain, { rate: gainRate }, SAE_ADAM);
      return {
        next: {
          ...named('gain', { ...gain, value: tf.maximum(gain.value, LEAST_GAIN) }),
          ...named('wDec', updateParameter('wDec', adamState('wDec', state), ofDecoder, rate)),
        },
        ...statistics(x, tf.mul(f, state.gain), current),
      };
    },
  });
}

// ONNX Runtime computes what this shares with the loss once, though it is written twice.
function statistics(x: tf.Tensor, f: tf.Tensor, parameters: Parameters) {
  const tokens = x.shape[0] ?? 1;
  return {
    error: meanSquaredError(x, f, parameters),
    spread: tf.div(tf.sum(tf.square(tf.sub(x, tf.mean(x, 0, true)))), tokens),
    l1: tf.div(tf.sum(f), tokens),
    active: tf.reshape(tf.matMul(tf.ones([1, tokens]), tf.sign(f) as tf.Tensor2D), [-1]),
  };
}
