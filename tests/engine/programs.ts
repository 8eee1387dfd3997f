import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs';
import type { Tensors } from '../../pipeline/engine/flat-program.ts';
import type { HostTensors, Program, TensorSpec } from '../../pipeline/engine/program.ts';
import { float32, type HostTensor, int32, sizeOf } from '../../pipeline/numbers/tensor.ts';

/** Seeded numbers in (−1, 1), so that every backend gets the same. */
export function numbers(count: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state / 0x7fffffff) * 2 - 1;
  });
}

export const random = (shape: readonly number[], seed = 1) => float32(shape, numbers(sizeOf(shape), seed));

type NamedSpecs = Readonly<Record<string, TensorSpec>>;

/** A program of named tensors, and its inputs. */
export interface Case {
  readonly program: Program<NamedSpecs, NamedSpecs>;
  readonly inputs: HostTensors;
}

/** A program of the given inputs, and the inputs; what it gives is found by running it on tfjs's CPU backend. */
export function programOf(
  name: string,
  inputs: HostTensors,
  body: (inputs: Tensors, weights: Tensors) => Tensors,
  weights: HostTensors = {},
): Case {
  void tf.setBackend('cpu');
  const outputs = tf.tidy(() => specsOf(body(onBackend(inputs), onBackend(weights))));
  return { program: { name, inputs: specsOf(inputs), outputs, weights, body }, inputs };
}

const onBackend = (tensors: HostTensors): Tensors =>
  Object.fromEntries(
    Object.entries(tensors).map(([key, { data, shape, dtype }]) => [key, tf.tensor(data, [...shape], dtype)]),
  );

const specsOf = (tensors: HostTensors | Tensors) =>
  Object.fromEntries(
    Object.entries(tensors).map(([key, { shape, dtype }]) => [key, { shape, dtype: dtype as TensorSpec['dtype'] }]),
  );

/** The largest difference of two tensors, relative to the largest number of the first. */
export function relativeError(expected: HostTensor | undefined, actual: HostTensor | undefined): number {
  if (!expected || !actual || expected.data.length !== actual.data.length) return Number.POSITIVE_INFINITY;
  let [scale, worst] = [0, 0];
  expected.data.forEach((value, i) => {
    scale = Math.max(scale, Math.abs(value));
    const difference = Math.abs(value - (actual.data[i] ?? 0));
    worst = Math.max(worst, difference);
  });
  return actual.data.some(Number.isNaN) ? Number.POSITIVE_INFINITY : worst / (scale || 1);
}

type Unary = (x: tf.Tensor) => tf.Tensor;
const unary: Record<string, Unary> = {
  relu: tf.relu,
  tanh: tf.tanh,
  exp: tf.exp,
  log: (x) => tf.log(tf.add(tf.abs(x), 0.1)),
  neg: tf.neg,
  sqrt: (x) => tf.sqrt(tf.abs(x)),
  rsqrt: (x) => tf.rsqrt(tf.add(tf.abs(x), 0.1)),
  sigmoid: tf.sigmoid,
  abs: tf.abs,
  erf: tf.erf,
  reciprocal: (x) => tf.reciprocal(tf.add(x, 3)),
  sign: tf.sign,
  sin: tf.sin,
  cos: tf.cos,
  floor: (x) => tf.floor(tf.mul(x, 5)),
  softplus: tf.softplus,
  square: tf.square,
  cube: (x) => tf.mul(tf.square(x), x),
  step: (x) => tf.step(x, 0.25),
  clip: (x) => tf.clipByValue(x, -0.5, 0.25),
  'cast to int and back': (x) => tf.cast(tf.cast(tf.mul(x, 10), 'int32'), 'float32'),
  'logical not': (x) => tf.cast(tf.logicalNot(tf.greater(x, 0)), 'float32'),
  'zeros like': (x) => tf.add(tf.zerosLike(x), x),
  'ones like': (x) => tf.mul(tf.onesLike(x), x),
  fill: (x) => tf.add(x, tf.fill([4, 6], 0.5)),
  'constant of one value': (x) => tf.add(x, tf.ones([4, 6])),
  range: (x) => tf.add(x, tf.range(0, 6, 1)),
  reshape: (x) => tf.reshape(x, [2, -1]),
  transpose: (x) => tf.transpose(x),
  'expand dims': (x) => tf.expandDims(x, -1),
  tile: (x) => tf.tile(x, [2, 3]),
  'broadcast to': (x) => tf.broadcastTo(x, [2, 4, 6]),
  slice: (x) => tf.slice(x, [1, 2], [2, -1]),
  pad: (x) =>
    tf.pad(
      x,
      [
        [1, 0],
        [2, 3],
      ],
      0.5,
    ),
  concat: (x) => tf.concat([x, tf.neg(x)], 1),
  stack: (x) => tf.stack([x, tf.neg(x)], 1),
  unstack: (x) => tf.add(...(tf.unstack(x, 1).slice(0, 2) as [tf.Tensor, tf.Tensor])),
  split: (x) => tf.sub(...(tf.split(x, 2, 1) as [tf.Tensor, tf.Tensor])),
  reverse: (x) => tf.reverse(x, 1),
  sum: (x) => tf.sum(x, 1),
  'sum of all': (x) => tf.sum(x),
  mean: (x) => tf.mean(x, 0, true),
  max: (x) => tf.max(x, 1),
  min: (x) => tf.min(x, -1, true),
  prod: (x) => tf.prod(x, 1),
  'arg max': (x) => tf.argMax(x, -1),
  'arg min': (x) => tf.argMin(x, 0),
  softmax: (x) => tf.softmax(x),
  'log softmax': (x) => tf.logSoftmax(x),
  'log sum exp': (x) => tf.logSumExp(x, -1),
  'cumulative sum': (x) => tf.cumsum(x, 1, true, true),
  'top k': (x) => tf.topk(x, 3).values,
  'top k indices': (x) => tf.topk(x, 3).indices,
  'lowest k': (x) => tf.neg(tf.topk(tf.neg(x), 3).values),
  'matrix product': (x) => tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D, false, true),
  'matrix product, left transposed': (x) => tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D, true, false),
  'batched product': (x) => tf.matMul(tf.reshape(x, [2, 2, 6]), tf.reshape(x, [2, 6, 2])),
  gather: (x) => tf.gather(x, tf.tensor1d([3, 0, 3], 'int32')),
  'gather of columns': (x) => tf.gather(x, tf.tensor1d([5, 1], 'int32'), 1),
  'gather nd': (x) =>
    tf.gatherND(
      x,
      tf.tensor2d(
        [
          [0, 1],
          [3, 5],
        ],
        [2, 2],
        'int32',
      ),
    ),
  'segment sum': (x) => tf.unsortedSegmentSum(x, tf.tensor1d([1, 0, 1, 2], 'int32'), 4),
  'one hot': (x) => tf.oneHot(tf.cast(tf.argMax(x, -1), 'int32'), 6),
  where: (x) => tf.where(tf.greater(tf.fill([4, 6], 0.5), x), x, tf.mul(x, -2)),
};

type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
const binary: Record<string, Binary> = {
  add: tf.add,
  subtract: tf.sub,
  multiply: tf.mul,
  divide: (a, b) => tf.div(a, tf.add(tf.abs(b), 0.5)),
  maximum: tf.maximum,
  minimum: tf.minimum,
  power: (a, b) => tf.pow(tf.add(tf.abs(a), 0.1), b),
  'squared difference': tf.squaredDifference,
  greater: (a, b) => tf.cast(tf.greater(a, b), 'float32'),
  'greater or equal': (a, b) => tf.cast(tf.greaterEqual(a, b), 'float32'),
  less: (a, b) => tf.cast(tf.less(a, b), 'float32'),
  'less or equal': (a, b) => tf.cast(tf.lessEqual(a, b), 'float32'),
  equal: (a, b) => tf.cast(tf.equal(tf.round(tf.mul(a, 2)), tf.round(tf.mul(b, 2))), 'float32'),
  'not equal': (a, b) => tf.cast(tf.notEqual(tf.sign(a), tf.sign(b)), 'float32'),
  'logical and': (a, b) => tf.cast(tf.logicalAnd(tf.greater(a, 0), tf.greater(b, 0)), 'float32'),
  'logical or': (a, b) => tf.cast(tf.logicalOr(tf.greater(a, 0), tf.greater(b, 0)), 'float32'),
};

/** Every op that can be captured, each as a program with its inputs; binary ones broadcast. */
export const opCases = [
  ...Object.entries(unary).map(([name, op]) =>
    programOf(name, { x: random([4, 6]) }, ({ x }) => ({ y: op(x as tf.Tensor) })),
  ),
  ...Object.entries(binary).map(([name, op]) =>
    programOf(name, { a: random([4, 6]), b: random([6], 7) }, ({ a, b }) => ({
      y: op(a as tf.Tensor, b as tf.Tensor),
    })),
  ),
];

/** Those ops' gradients, where they have one: of Σ op(x)·w in x. */
const differentiable = [
  'relu',
  'tanh',
  'exp',
  'log',
  'sqrt',
  'sigmoid',
  'erf',
  'square',
  'cube',
  'reshape',
  'transpose',
  'tile',
  'slice',
  'concat',
  'split',
  'sum',
  'mean',
  'softmax',
  'log softmax',
  'log sum exp',
  'matrix product',
  'batched product',
  'gather',
];
export const gradientCases = differentiable.map((name) => {
  const op = unary[name];
  if (!op) throw new Error(`no op ${name}`);
  return programOf(`gradient of ${name}`, { x: random([4, 6]) }, ({ x }) => ({
    y: tf.grad((input) => weighted(op(input)))(x as tf.Tensor),
  }));
});

function weighted(y: tf.Tensor): tf.Tensor {
  return tf.sum(tf.mul(y, tf.tensor(numbers(y.size, 3), y.shape)));
}

export const indices = (values: readonly number[]) => int32([values.length], Int32Array.from(values));
