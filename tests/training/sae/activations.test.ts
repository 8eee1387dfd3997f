import { expect, it } from 'vitest';
import { createEngine } from '../../../pipeline/engine/index.ts';
import type { Engine } from '../../../pipeline/engine/program.ts';
import { activationStream } from '../../../pipeline/training/sae/activations.ts';
import { tinyModel } from '../tiny-model.ts';

const context = 4;
async function* contexts() {
  yield Int32Array.of(1, 2, 3, 4);
}

/** The activations of layer 0, and the names of the weights that they were computed with. */
async function ofFirstLayer(model: ReturnType<typeof tinyModel>) {
  const engine = await createEngine({ backend: 'tfjs-cpu' });
  const names: string[] = [];
  const compile: Engine['compile'] = (given) => {
    names.push(...Object.keys(given.weights));
    return engine.compile(given);
  };
  const options = { engine: { ...engine, compile }, model, site: 'z', layers: [0], context, batch: 1 } as const;
  const stream = await activationStream({ ...options, contexts });
  const [x] = await stream.next();
  await stream.close();
  return { x, names };
}

it('hands the backend no weights of layers above the last that is read', async () => {
  const { config, weights } = tinyModel();
  const { x, names } = await ofFirstLayer({ config, weights });
  expect(names.filter((name) => name.startsWith('layers.0.'))).not.toEqual([]);
  expect(names.filter((name) => name.startsWith('layers.1.'))).toEqual([]);
  expect(x).toHaveLength((context - 1) * 16);
});
