import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { plainConventions } from '../../pipeline/model/conventions.ts';
import { headWriteNorms } from '../../pipeline/model/head-writes.ts';
import { Layer } from '../../pipeline/model/layer.ts';
import { tinyModel } from '../engine/pipeline-programs.ts';
import { numbers } from '../engine/programs.ts';

const [nHeads, dHead, dModel, batch, length] = [3, 4, 10, 2, 5];
const width = nHeads * dHead;
/** float32 against loops in float64. */
const tolerance = 1e-5;

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const weight = numbers(width * dModel, 1);
const bias = numbers(dModel, 2);
const folded = numbers(width, 3);
const gain = numbers(dModel, 4);
const z = numbers(batch * length * width, 5);
const epsilon = 1e-6;

/** A layer of attention alone, with what its conventions ask for. */
function layerOf(own: { readonly postNorms?: boolean; readonly isFolded?: boolean }): Layer {
  const config = { ...tinyModel().config, ...plainConventions, nHeads, dHead, dModel, epsilon, norm: 'rms' as const };
  const prefix = 'layers.0.attention.';
  const weights = {
    [`${prefix}output.weight`]: tf.tensor(weight, [width, dModel]),
    [`${prefix}output.bias`]: tf.tensor(bias, [dModel]),
    ...(own.isFolded ? { [`${prefix}folded_bias`]: tf.tensor(folded, [width]) } : {}),
    ...(own.postNorms ? { [`${prefix}post_norm.gain`]: tf.tensor(gain, [dModel]) } : {}),
  };
  return new Layer({ ...config, postNorms: own.postNorms ?? false }, weights, 0);
}

/** What a head writes before any norm, at a row of z. */
const written = (row: number, head: number, c: ArrayLike<number>) =>
  Array.from({ length: dModel }, (_, d) => {
    let sum = 0;
    for (let i = head * dHead; i < (head + 1) * dHead; i++) sum += (z[row * width + i] + c[i]) * weight[i * dModel + d];
    return sum;
  });

const lengthOf = (vector: readonly number[]) => Math.sqrt(vector.reduce((sum, value) => sum + value ** 2, 0));

it.each([{}, { isFolded: true }, { postNorms: true }, { postNorms: true, isFolded: true }])(
  'the norm of what each head adds to the residual stream is that of its own sum, with %o',
  (own) => {
    const norms = headWriteNorms(layerOf(own), tf.tensor(z, [batch, length, width]), nHeads);
    expect(norms.shape).toEqual([nHeads, batch, length]);
    const c = own.isFolded ? folded : new Float32Array(width);
    const actual = norms.dataSync();
    for (let row = 0; row < batch * length; row++) {
      const heads = Array.from({ length: nHeads }, (_, head) => written(row, head, c));
      const whole = Array.from(bias, (own, d) => heads.reduce((sum, vector) => sum + vector[d], own));
      const sigma = own.postNorms ? Math.sqrt(lengthOf(whole) ** 2 / dModel + epsilon) : 1;
      for (const [head, vector] of heads.entries()) {
        const behind = own.postNorms ? vector.map((value, d) => (value * gain[d]) / sigma) : vector;
        const wanted = lengthOf(behind);
        expect(Math.abs(actual[head * batch * length + row] - wanted) / wanted).toBeLessThan(tolerance);
      }
    }
  },
);
