import * as tf from '@tensorflow/tfjs-core';
import { type Engine, floatSpec, program } from '../pipeline/engine/program.ts';
import { float32, type Shape, sizeOf } from '../pipeline/numbers/tensor.ts';
import { median } from './median.ts';

const [rows, inner, columns] = [2048, 768, 4096];
const runs = 15;

/** Measures the machine's matrix-product rate, in operations a second: call it again and again. */
export async function peakMeter(engine: Engine): Promise<() => Promise<number>> {
  const multiply = await engine.compile(
    program({
      name: 'matrix product',
      inputs: { x: floatSpec(rows, inner) },
      outputs: { product: floatSpec(rows, columns) },
      weights: { weight: ramp([inner, columns]) },
      body: ({ x }, { weight }) => ({ product: tf.matMul(x as tf.Tensor2D, weight as tf.Tensor2D) }),
    }),
  );
  const inputs = { x: ramp([rows, inner]) };
  const into = { product: float32([rows, columns]) };
  return async () => {
    await multiply(inputs, into);
    const seconds: number[] = [];
    for (let run = 0; run < runs; run++) {
      const startMs = performance.now();
      await multiply(inputs, into);
      seconds.push((performance.now() - startMs) / 1000);
    }
    return (2 * rows * inner * columns) / median(seconds);
  };
}

function ramp(shape: Shape) {
  const size = sizeOf(shape);
  return float32(
    shape,
    Float32Array.from({ length: size }, (_, i) => i / size - 0.5),
  );
}
