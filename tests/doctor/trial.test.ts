import { expect, it } from 'vitest';
import { rightWithin, tryEngine } from '../../pipeline/doctor/trial.ts';
import { callable } from '../../pipeline/engine/flat-program.ts';
import { createEngine, type Engine, type HostTensors } from '../../pipeline/engine/index.ts';

it('finds a backend right on a product and an attention layer, and measures its rate', async () => {
  const { product, attention } = await tryEngine(await createEngine({ backend: 'onnx-cpu', threads: 1 }));
  for (const { error, gflops } of [product, attention]) {
    expect(error).toBeLessThan(1e-5);
    expect(gflops).toBeGreaterThan(0);
  }
});

it('finds a backend wrong that gives one number in three wrong', async () => {
  const engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
  const faulty: Engine = {
    ...engine,
    async compile(program) {
      const run = await engine.compile(program);
      return callable(async (inputs) => {
        const outputs = await run(inputs);
        for (const { data } of Object.values<HostTensors[string]>({ ...outputs } as HostTensors)) {
          for (let i = 0; i < data.length; i += 3) data[i] += 0.5;
        }
        return outputs;
      }, run.dispose);
    },
  };
  const { product, attention } = await tryEngine(faulty);
  expect(product.error).toBeGreaterThan(rightWithin);
  expect(attention.error).toBeGreaterThan(rightWithin);
});
