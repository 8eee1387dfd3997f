import * as tf from '@tensorflow/tfjs-core';
import { UserError } from '../errors/user-error.ts';
import { float32 } from '../numbers/tensor.ts';
import { type Engine, floatSpec, program } from './program.ts';

const size = 64;

/** x·w for w of ones, so that each output is the sum of a row of x. */
const product = program({
  name: 'probe',
  inputs: { x: floatSpec(size, size) },
  outputs: { sums: floatSpec(size, size) },
  weights: { w: float32([size, size], new Float32Array(size * size).fill(1)) },
  body: ({ x }, { w }) => ({ sums: tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D) }),
});

/** Starts an engine and multiplies matrices. Throws UserError when it does not start, or multiplies wrong. */
export async function probe(engine: Engine): Promise<void> {
  const multiply = await engine.compile(product);
  const x = float32(
    [size, size],
    Float32Array.from({ length: size * size }, (_, i) => Math.floor(i / size)),
  );
  const { sums } = await multiply({ x });
  await multiply.dispose();
  const right = sums.data.every((sum, i) => sum === size * Math.floor(i / size));
  if (!right)
    throw new UserError(`backend ${engine.backend} multiplies matrices wrong on this machine, expected another`);
}

/** Whether an engine starts, and multiplies matrices right. */
export async function works(engine: Engine): Promise<boolean> {
  try {
    await probe(engine);
    return true;
  } catch {
    return false;
  }
}
