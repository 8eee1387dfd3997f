import * as tf from '@tensorflow/tfjs-core';
import { createEngine, type EngineOptions } from '../engine/index.ts';
import { type Engine, floatSpec, program } from '../engine/program.ts';
import { float32 } from '../numbers/tensor.ts';
import type { Lanes } from '../record/lanes.ts';

const [rows, inner, columns] = [128, 256, 1024];
const leastMs = 50;
const leastRuns = 5;
/** No machine is faster: 67 TFLOP/s. */
const leastProductMs = 1e-3;

/**
 * multiplicationRate of all lanes together: each has an engine of its own, where threads of one operator would wait for each
 * other. `engine` is the run's, which a single lane works with.
 */
export async function lanesRate(
  engine: Engine,
  { count, threadsOfEach }: Lanes,
  settings: EngineOptions,
  nowMs: () => number,
): Promise<number> {
  const own = count === 1 ? engine : await createEngine({ ...settings, threads: threadsOfEach });
  return count * (await multiplicationRate(own, nowMs));
}

/**
 * Floating-point operations a second of a matrix product of 0.07 GFLOP: of the fastest of some, since one alone may have
 * waited for a core.
 */
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
  let fastestMs = Number.POSITIVE_INFINITY;
  // A clock that stands still, as a test's may, ends it too.
  for (let runs = 0; runs < leastRuns || (nowMs() - startMs < leastMs && runs < 1000); runs++) {
    const beganMs = nowMs();
    await multiply({ x });
    fastestMs = Math.min(fastestMs, nowMs() - beganMs);
  }
  await multiply.dispose();
  return (2000 * rows * inner * columns) / Math.max(leastProductMs, fastestMs);
}
