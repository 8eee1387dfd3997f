import * as tf from '@tensorflow/tfjs-core';
import { type BackendName, type Engine, floatSpec, program } from '../pipeline/engine/program.ts';
import { float32, type Shape, sizeOf } from '../pipeline/numbers/tensor.ts';
import { median } from './median.ts';

const [rows, inner, columns] = [2048, 768, 4096];
const runs = 15;
/** Pairs of products a run: enough that what goes to a GPU and comes back takes no part of the time worth naming. */
const pairsOn = (backend: BackendName) => (['onnx-cuda', 'onnx-webgpu', 'tfjs-node-gpu'].includes(backend) ? 128 : 1);

/** Measures the machine's matrix-product rate, in operations a second: call it again and again. */
export async function peakMeter(engine: Engine, backend: BackendName): Promise<() => Promise<number>> {
  const pairs = pairsOn(backend);
  const multiply = await engine.compile(
    program({
      name: 'matrix products',
      inputs: { x: floatSpec(rows, inner) },
      outputs: { product: floatSpec(rows, inner) },
      weights: { wider: ramp([inner, columns]), narrower: ramp([columns, inner]) },
      body({ x }, { wider, narrower }) {
        let product = x as tf.Tensor2D;
        for (let pair = 0; pair < pairs; pair++) {
          product = tf.matMul(tf.matMul(product, wider as tf.Tensor2D), narrower as tf.Tensor2D);
        }
        return { product };
      },
    }),
  );
  const inputs = { x: ramp([rows, inner]) };
  const into = { product: float32([rows, inner]) };
  return async () => {
    await multiply(inputs, into);
    const seconds: number[] = [];
    for (let run = 0; run < runs; run++) {
      const startMs = performance.now();
      await multiply(inputs, into);
      seconds.push((performance.now() - startMs) / 1000);
    }
    return (pairs * 2 * (2 * rows * inner * columns)) / median(seconds);
  };
}

/** Numbers from −½ to ½ in order, scaled so that the matrix makes no vector longer: a chain of products stays finite. */
function ramp(shape: Shape) {
  const size = sizeOf(shape);
  const norm = Math.sqrt(size / 12);
  return float32(
    shape,
    Float32Array.from({ length: size }, (_, i) => (i / size - 0.5) / norm),
  );
}
