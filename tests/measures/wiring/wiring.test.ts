import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../../pipeline/engine/index.ts';
import { type Connection, wireLayers } from '../../../pipeline/measures/wiring/layer-wiring.ts';
import { featureWiring } from '../../../pipeline/measures/wiring/maths/feature-wiring.ts';
import { Transformer } from '../../../pipeline/model/transformer.ts';
import type { HostTensor } from '../../../pipeline/numbers/tensor.ts';
import { tinyModel, tinySae } from '../../engine/pipeline-programs.ts';

const model = tinyModel();
const [lower, reader] = [tinySae(0, 50), tinySae(1, 40)];
const wanted = 3;
let engine: Engine;

beforeAll(async () => {
  engine = await createEngine({ backend: 'onnx-cpu' });
  await tf.setBackend('cpu');
});

const onBackend = ({ data, shape, dtype }: HostTensor) => tf.tensor(data, [...shape], dtype);

/** The whole of [target, head, feature]. */
function whole(): number[][][] {
  const weights = Object.fromEntries(Object.entries(model.weights).map(([name, tensor]) => [name, onBackend(tensor)]));
  const encoder = tf.transpose(onBackend(reader.wEnc));
  const wiring = featureWiring(new Transformer(model.config, weights), 1, encoder, {
    layer: 0,
    site: 'z',
    wDec: onBackend(lower.wDec),
  });
  return (wiring as tf.Tensor3D).arraySync();
}

async function wired(alive: { lower: number[]; reader: number[] }): Promise<Map<number, readonly Connection[]>> {
  const found = new Map<number, readonly Connection[]>();
  const job = {
    engine,
    model,
    wanted,
    lower: { sae: lower, alive: alive.lower },
    reader: { sae: reader, alive: alive.reader },
  };
  await wireLayers(job, (feature, candidates) => found.set(feature, candidates));
  return found;
}

const magnitude = (value: number | undefined) => Math.abs(value ?? 0);

describe('wiring', () => {
  it.each([
    ['all features', [...Array(50).keys()], [...Array(40).keys()]],
    ['those alive', [3, 4, 20, 21, 49], [0, 7, 39]],
  ])('of %s holds the strongest of the brute-force product, through its strongest head', async (_, below, above) => {
    const matrix = whole();
    const found = await wired({ lower: below, reader: above });
    expect([...found.keys()]).toEqual(above);
    for (const [target, candidates] of found) {
      const heads = matrix[target] ?? [];
      const strengths = below.map((feature) => {
        const values = heads.map((row) => row[feature] ?? 0);
        const head = values.reduce((best, value, h) => (magnitude(value) > magnitude(values[best]) ? h : best), 0);
        return { layer: 0, feature, head, value: values[head] ?? 0 };
      });
      const expected = strengths.toSorted((a, b) => magnitude(b.value) - magnitude(a.value)).slice(0, wanted);
      const strongest = candidates.toSorted((a, b) => magnitude(b.value) - magnitude(a.value)).slice(0, wanted);
      expect(strongest.map(({ feature, head }) => [feature, head])).toEqual(
        expected.map(({ feature, head }) => [feature, head]),
      );
      strongest.forEach(({ value }, i) => expect(value).toBeCloseTo(expected[i]?.value ?? Number.NaN, 4));
    }
  });

  it('of a layer with nothing alive below, or of nothing alive, is none', async () => {
    expect((await wired({ lower: [], reader: [1] })).size).toBe(0);
    expect((await wired({ lower: [1], reader: [] })).size).toBe(0);
  });
});
