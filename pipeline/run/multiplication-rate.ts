import * as tf from '@tensorflow/tfjs-core';
import { type Engine, floatSpec, program } from '../engine/program.ts';
import { float32 } from '../numbers/tensor.ts';

const [rows, inner, columns] = [128, 256, 1024];
const leastMs = 50;

/** Floating-point operations a second of a matrix product: by one of 0.07 GFLOP, for as long as it takes to tell. */
export async function multiplicationRate(engine: Engine, nowMs: () => number): Promise<number> {
  const multiply = await engine.compile(
    program({
      name: 'product',
      inputs: { x: floatSpec(rows, inner) },
      outputs: { y: floatSpec(rows, columns) },
      weights: { w: float32([inner, columns], new Float32Array(inner * columns).fill(1)) },
      body: ({ x }, { w }) => ({ y: tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D) }),
    }),
  );
  const x = float32([rows, inner]);
  await multiply({ x });
  const startMs = nowMs();
  let elapsedMs = 0;
  let runs = 0;
  // A clock that stands still, as a test's may, ends it too.
  for (; elapsedMs < leastMs && runs < 1000; runs++) {
    await multiply({ x });
    elapsedMs = nowMs() - startMs;
  }
  await multiply.dispose();
  return (2000 * rows * inner * columns * runs) / Math.max(1, elapsedMs);
}
