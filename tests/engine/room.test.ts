import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { createEngine, floatSpec, program } from '../../pipeline/engine/index.ts';
import { float32 } from '../../pipeline/numbers/tensor.ts';

const numbers = 1 << 20;

it('leaves no copy of outputs behind that it wrote where it was told to', async () => {
  const engine = await createEngine({ backend: 'onnx-cpu' });
  const run = await engine.compile(
    program({
      name: 'sum',
      inputs: { x: floatSpec(numbers) },
      outputs: { y: floatSpec(numbers) },
      weights: {},
      body: ({ x }) => ({ y: tf.add(x, 1) }),
    }),
  );
  const [x, y] = [float32([numbers]), float32([numbers])];
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 8; i++) await run({ x }, { y });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(y.data.byteLength);
  expect(y.data.every((value) => value === 1)).toBe(true);
  await run.dispose();
});
