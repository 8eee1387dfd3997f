import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { createEngine } from '../../pipeline/engine/index.ts';
import { randomNormal, seededRandom } from '../../pipeline/numbers/seeded-random.ts';
import { decode, encode, type Sae } from '../../pipeline/sae/sae.ts';
import { unscaledSae } from '../../pipeline/training/sae-export.ts';
import { type SaeState, tensorOf, zeroState } from '../../pipeline/training/sae-state.ts';

const shape = { dIn: 3, dSae: 5 };
const scale = 2.5;

function randomState(): SaeState {
  const state = zeroState(shape);
  const random = seededRandom(4);
  for (const name of ['wEnc', 'bEnc', 'wDec', 'bDec']) {
    const { data } = tensorOf(state, name);
    data.set(data.map(() => randomNormal(random)));
  }
  tensorOf(state, 'gain').data.set([1, 1.5, 0.5, 2, 1]);
  return state;
}

function tensors({ wEnc, bEnc, wDec, bDec }: Sae) {
  const tensor = ({ data, shape: dims }: Sae['wEnc']) => tf.tensor(data, [...dims]);
  return { wEnc: tensor(wEnc), bEnc: tensor(bEnc), wDec: tensor(wDec), bDec: tensor(bDec) };
}

describe('unscaledSae', () => {
  it('does to z what the SAE in training does to scaled z, gains and all', async () => {
    await createEngine({ backend: 'tfjs-cpu' });
    const state = randomState();
    const z = tf.tensor([0.3, -1.2, 0.8, 2, 0.1, -0.4], [2, 3]);
    const written = unscaledSae(0, state, scale);
    const f = encode(written, tensors(written), z);

    const inTraining: Sae = {
      ...written,
      wEnc: tensorOf(state, 'wEnc'),
      bEnc: tensorOf(state, 'bEnc'),
      wDec: tensorOf(state, 'wDec'),
      bDec: tensorOf(state, 'bDec'),
    };
    const plain = encode(inTraining, tensors(inTraining), tf.mul(z, scale));
    const gained = tf.mul(plain, tf.tensor(tensorOf(state, 'gain').data));
    const reconstruction = tf.div(decode(tensors(inTraining), gained), scale);

    expect(await tf.sum(f).data()).not.toEqual(Float32Array.of(0));
    const far = async (a: tf.Tensor, b: tf.Tensor) => (await tf.max(tf.abs(tf.sub(a, b))).data())[0];
    expect(await far(f, tf.div(gained, scale))).toBeLessThan(1e-5);
    expect(await far(decode(tensors(written), f), reconstruction)).toBeLessThan(1e-5);
  });
});
