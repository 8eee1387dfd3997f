import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine, type HostTensors } from '../../pipeline/engine/index.ts';
import type { Rotary } from '../../pipeline/model/model.ts';
import { rotate, wholeContext } from '../../pipeline/model/rotary.ts';
import { Transformer } from '../../pipeline/model/transformer.ts';
import { weightsOfLayers } from '../../pipeline/model/weights.ts';
import { indices, programOf, random, relativeError } from '../engine/programs.ts';
import { rotaryCases } from './rotary-cases.ts';

const tolerance = 1e-5;
const [length, dHead] = [24, 8];
let engine: Engine;

beforeAll(async () => {
  engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
});

async function run(inputs: HostTensors, body: (inputs: Readonly<Record<string, tf.Tensor>>) => tf.Tensor) {
  const compiled = await engine.compile(programOf('rotary', inputs, (tensors) => ({ y: body(tensors) })).program);
  const { y } = await compiled(inputs);
  await compiled.dispose();
  return y;
}

const given = (tensor: tf.Tensor | undefined): tf.Tensor => {
  if (!tensor) throw new Error('an input is missing');
  return tensor;
};

const rotaries: Rotary[] = (['halves', 'neighbours'] as const).flatMap((pairs) => [
  { dims: 8, frequencies: [1, 0.3, 0.1, 0.03], pairs },
  { dims: 4, frequencies: [1, 0.1], pairs },
]);

describe.each(rotaries)('rotary positions of $dims dimensions of 8, paired as $pairs', (rotary) => {
  it('make q·k depend on t − s alone', async () => {
    // The same query and the same key at every position.
    const inputs = { q: random([1, dHead], 1), k: random([1, dHead], 2) };
    const everywhere = (x: tf.Tensor | undefined) =>
      rotate(rotary, tf.tile(given(x), [length, 1]), wholeContext(length));
    const scores = await run(inputs, ({ q, k }) =>
      tf.matMul(everywhere(q) as tf.Tensor2D, everywhere(k) as tf.Tensor2D, false, true),
    );
    const byDistance = new Map<number, number>();
    scores.data.forEach((score, i) => {
      const distance = Math.floor(i / length) - (i % length);
      const first = byDistance.get(distance) ?? score;
      byDistance.set(distance, first);
      expect(Math.abs(score - first)).toBeLessThan(tolerance);
    });
    const values = [...byDistance.values()];
    expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(0.5);
  });

  it('leave position 0, the lengths of vectors and the dimensions past theirs as they are', async () => {
    const x = random([length, dHead], 3);
    const y = await run({ x }, (inputs) => rotate(rotary, given(inputs.x), wholeContext(length)));
    const rows = (data: ArrayLike<number>, row: number) => Array.from(data).slice(row * dHead, (row + 1) * dHead);
    expect(rows(y.data, 0)).toEqual(rows(x.data, 0));
    for (let row = 0; row < length; row++) {
      expect(Math.hypot(...rows(y.data, row))).toBeCloseTo(Math.hypot(...rows(x.data, row)), 5);
      expect(rows(y.data, row).slice(rotary.dims)).toEqual(rows(x.data, row).slice(rotary.dims));
    }
    expect(rows(y.data, 5)[0]).not.toBeCloseTo(rows(x.data, 5)[0] ?? 0, 2);
  });

  it('are the same for rows told one by one, in any order', async () => {
    const inputs = { x: random([length, dHead], 4), at: indices([7, 2, 23]) };
    const whole = await run(inputs, ({ x, at }) =>
      tf.gather(rotate(rotary, given(x), wholeContext(length)), given(at) as tf.Tensor1D),
    );
    const some = await run(inputs, ({ x, at }) =>
      rotate(rotary, tf.gather(given(x), given(at) as tf.Tensor1D), { at: given(at), below: length }),
    );
    const from = await run({ x: inputs.x }, ({ x }) =>
      rotate(rotary, tf.slice(given(x), [7, 0], [1, -1]), { first: 7, length: 1 }),
    );
    expect(relativeError(whole, some)).toBeLessThan(tolerance);
    expect(Array.from(from.data)).toEqual(Array.from(whole.data).slice(0, dHead));
  });
});

it.each(rotaryCases())('the tail of a context has the queries, keys and values of the whole ($name)', async (own) => {
  const { config } = own.model;
  const inputs = { x: random([1, length, config.dModel], 5), at: indices([20, 21, 22, 23]) };
  const weights = weightsOfLayers(own.model, 0, 1);
  const { program } = programOf(
    'tail',
    inputs,
    ({ x, at }, loaded) => {
      const layer = new Transformer(config, loaded).layer(1);
      const whole = layer.queryKeyValue(given(x), wholeContext(length));
      const rows = tf.slice(given(x), [0, 20, 0], [1, 4, -1]);
      const tail = layer.queryKeyValue(rows, { at: given(at), below: length });
      const last = (y: tf.Tensor) => tf.slice(y, [0, 0, 20, 0], [-1, -1, 4, -1]);
      return {
        ...{ query: last(whole.query), key: last(whole.key), value: last(whole.value) },
        ...{ tailQuery: tail.query, tailKey: tail.key, tailValue: tail.value },
      };
    },
    weights,
  );
  const compiled = await engine.compile(program);
  const { query, key, value, tailQuery, tailKey, tailValue } = await compiled(inputs);
  await compiled.dispose();
  expect(query?.shape).toEqual([1, config.nHeads, 4, config.dHead]);
  expect(relativeError(query, tailQuery)).toBeLessThan(tolerance);
  expect(relativeError(key, tailKey)).toBeLessThan(tolerance);
  expect(relativeError(value, tailValue)).toBeLessThan(tolerance);
});
