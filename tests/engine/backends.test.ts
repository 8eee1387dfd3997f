import { existsSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine, floatSpec, intSpec, program } from '../../pipeline/engine/index.ts';
import { normalize } from '../../pipeline/model/norm.ts';
import { type FloatTensor, float32 } from '../../pipeline/numbers/tensor.ts';
import { gradientCases, opCases, programOf, random, relativeError } from './programs.ts';

const epsilon = 1e-5;

/** Rows of 64 numbers about a mean. */
function scaledRows(mean: number, spread: number) {
  const x = random([2, 64]);
  x.data.forEach((value, i) => {
    x.data[i] = mean + spread * value;
  });
  return x;
}

/** (x − mean)/√(var + ε) of each row, in float64. */
function inFloat64(x: FloatTensor): FloatTensor {
  const rows = [0, 1].flatMap((row) => {
    const values = [...x.data.subarray(64 * row, 64 * (row + 1))];
    const mean = values.reduce((sum, value) => sum + value, 0) / 64;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 64;
    return values.map((value) => (value - mean) / Math.sqrt(variance + epsilon));
  });
  return float32([2, 64], Float32Array.from(rows));
}

async function normalised(engine: Engine, x: FloatTensor) {
  const norm = (t: tf.Tensor) => normalize({ gain: tf.ones([64]), bias: tf.zeros([64]), centred: true, epsilon }, t);
  const { program, inputs } = programOf('layer norm', { x }, ({ x: t }) => ({ y: norm(t as tf.Tensor) }));
  return (await (await engine.compile(program))(inputs)).y;
}

/** Agreement of float32 kernels with tfjs's CPU backend, relative to the largest number of a tensor. */
const tolerance = 1e-5;

describe('the backend onnx-cpu', () => {
  let reference: Engine;
  let onnx: Engine;
  beforeAll(async () => {
    reference = await createEngine({ backend: 'tfjs-cpu' });
    onnx = await createEngine({ backend: 'onnx-cpu', threads: 1 });
  });

  it.each([...opCases, ...gradientCases])('agrees with tfjs-cpu on $program.name', async ({ program, inputs }) => {
    const expected = await (await reference.compile(program))(inputs);
    const actual = await (await onnx.compile(program))(inputs);
    expect(actual.y?.shape).toEqual(expected.y?.shape);
    expect(actual.y?.dtype).toBe(expected.y?.dtype);
    expect(relativeError(expected.y, actual.y)).toBeLessThan(tolerance);
  });

  it('normalises rows whose variance is far below ε as float64 arithmetic does', async () => {
    const x = scaledRows(0, 1e-4);
    expect(relativeError(inFloat64(x), await normalised(onnx, x))).toBeLessThan(tolerance);
  });

  it.each([1, 10, 100])('normalises low-variance rows about %d but for the rounding of their mean', async (mean) => {
    const x = scaledRows(mean, 1e-4);
    // A mean of 64 float32 numbers, summed pairwise, is off by at most 8 roundings; the norm divides that by √ε.
    const bound = (8 * mean * 2 ** -24) / Math.sqrt(epsilon);
    const actual = await normalised(onnx, x);
    const errors = inFloat64(x).data.map((value, i) => Math.abs(value - Number(actual?.data[i])));
    expect(Math.max(...errors)).toBeLessThan(bound);
  });

  it('names an op that is not covered', async () => {
    const { program } = programOf('a program', { x: random([4, 6]) }, ({ x }) => ({ y: tf.acosh(x as tf.Tensor) }));
    await expect(onnx.compile(program)).rejects.toThrow('op Acosh of a program is not covered by the ONNX capture');
  });

  it('says which input is missing or of another shape', async () => {
    const { program } = programOf('double', { x: random([4, 6]) }, ({ x }) => ({
      y: tf.add(x as tf.Tensor, x as tf.Tensor),
    }));
    const run = await onnx.compile(program);
    await expect(run({})).rejects.toThrow('input x of double is missing, expected float32 [4, 6]');
    await expect(run({ x: random([6, 4]) })).rejects.toThrow(
      'input x of double is float32 [6, 4], expected float32 [4, 6]',
    );
  });

  it('says which output is of another shape or dtype than the program declares', async () => {
    const { program } = programOf('double', { x: random([4, 6]) }, ({ x }) => ({ y: tf.add(x, x) }));
    const outputs: typeof program.outputs = { y: intSpec(4, 6) };
    const other = { ...program, outputs };
    await expect(onnx.compile(other)).rejects.toThrow('output y of double is float32 [4, 6], expected int32 [4, 6]');
  });

  it('groups inputs and outputs by name', async () => {
    const { x, y } = { x: random([2], 1), y: random([2], 2) };
    const run = await onnx.compile(
      program({
        name: 'sums by layer',
        inputs: { layers: { 3: { x: floatSpec(2), y: floatSpec(2) } } },
        outputs: { layers: { 3: { sum: floatSpec(2) } } },
        weights: {},
        body: ({ layers }) => ({ layers: { 3: { sum: tf.add(layers[3].x, layers[3].y) } } }),
      }),
    );
    const into = { layers: { 3: { sum: float32([2]) } } };
    const { layers } = await run({ layers: { 3: { x, y } } }, into);
    expect(layers[3].sum).toBe(into.layers[3].sum);
    expect([...layers[3].sum.data]).toEqual([0, 1].map((i) => Math.fround(x.data[i] + y.data[i])));
  });

  it('refuses to read a value inside a program', async () => {
    const { program } = programOf('peek', { x: random([1]) }, ({ x }) => ({ y: tf.scalar(x?.dataSync()[0] ?? 0) }));
    await expect(onnx.compile(program)).rejects.toThrow('cannot read the value of a tensor');
  });

  it('writes outputs where it is told, without another tensor', async () => {
    const { program, inputs } = programOf('double', { x: random([4, 6]) }, ({ x }) => ({
      y: tf.add(x as tf.Tensor, x as tf.Tensor),
    }));
    const y = random([4, 6], 9);
    const outputs = await (await onnx.compile(program))(inputs, { y });
    expect(outputs.y).toBe(y);
    expect(y.data[5]).toBe(2 * Number(inputs.x?.data[5]));
  });
});

describe('the backend tfjs-wasm', () => {
  it.each(
    opCases.filter(({ program }) => ['matrix product', 'softmax', 'erf', 'top k', 'gather'].includes(program.name)),
  )('agrees with tfjs-cpu on $program.name', async ({ program, inputs }) => {
    const expected = await (await (await createEngine({ backend: 'tfjs-cpu' })).compile(program))(inputs);
    const actual = await (await (await createEngine({ backend: 'tfjs-wasm' })).compile(program))(inputs);
    expect(relativeError(expected.y, actual.y)).toBeLessThan(tolerance);
  });
});

describe('the precision of matrix products', () => {
  it('is float32 unless told, and TF32 only of a backend that has it', async () => {
    await createEngine({ backend: 'onnx-cpu', threads: 1 });
    expect(process.env.NVIDIA_TF32_OVERRIDE).toBe('0');
    await expect(createEngine({ backend: 'onnx-cpu', precision: 'tf32' })).rejects.toThrow(
      'precision tf32 is of --backend onnx-cuda and tfjs-node-gpu, expected one of these, not onnx-cpu',
    );
  });
});

describe('the backend tfjs-node-gpu', () => {
  it.runIf(!existsSync('node_modules/@tensorflow/tfjs-node-gpu') && !existsSync('node_modules/@tensorflow/tfjs-node'))(
    'says in one line what to install when it is not there',
    async () => {
      await expect(createEngine({ backend: 'tfjs-node-gpu' })).rejects.toThrow(
        'backend tfjs-node-gpu is not installed, expected the package @tensorflow/tfjs-node-gpu',
      );
    },
  );
});
