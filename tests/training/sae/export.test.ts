import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../../pipeline/engine/index.ts';
import { float32 } from '../../../pipeline/numbers/tensor.ts';
import { decode, encode, type Sae } from '../../../pipeline/sae/sae.ts';
import { measureHeldOut, thresholdShift } from '../../../pipeline/training/sae/calibrate.ts';
import { foldedSae, shifted } from '../../../pipeline/training/sae/export.ts';
import type { SaeKind } from '../../../pipeline/training/sae/kind-names.ts';
import { widthOf } from '../../../pipeline/training/sae/shape.ts';
import type { SaeState } from '../../../pipeline/training/sae/state.ts';
import { tinyShape, tinyState } from './tiny-state.ts';

const { dIn, dSae, batch } = tinyShape;
const width = widthOf(tinyShape);
const normalizer = { mean: Float32Array.of(0.5, -1, 2, 0.1, 0), scale: 2.5, maxNorm: 100 };

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ backend: 'tfjs-cpu' });
});

const fold = (state: SaeState, kind: SaeKind) =>
  foldedSae(state, { layer: 3, site: 'z', kind, k: 2, normalizer, dtype: 'float32' });

function tensors({ wEnc, bEnc, wDec, bDec, activation }: Sae) {
  const tensor = ({ data, shape }: Sae['wEnc']) => tf.tensor(data, [...shape]);
  const threshold = activation.kind === 'jumprelu' ? tensor(activation.threshold) : undefined;
  return { wEnc: tensor(wEnc), bEnc: tensor(bEnc), wDec: tensor(wDec), bDec: tensor(bDec), threshold };
}

/** The state's x as the model gives it: x'/s + μ, [token, dIn]. */
const plainX = ({ floats }: SaeState) =>
  Float32Array.from({ length: batch * dIn }, (_, i) => {
    const d = i % dIn;
    return (floats.x[((i - d) / dIn) * width + d] ?? 0) / normalizer.scale + (normalizer.mean[d] ?? 0);
  });

describe('foldedSae', () => {
  it('does to plain x what the SAE in training does to centred and scaled x', async () => {
    const state = await tinyState();
    const theta = 0.6;
    state.parameters.theta.p.fill(theta, 0, dSae);
    const sae = fold(state, 'jumprelu');
    const weights = tensors(sae);
    const f = encode(sae, weights, tf.tensor2d(plainX(state), [batch, dIn]));
    const pre = Array.from(state.floats.pre.subarray(0, batch * dSae));
    const expected = pre.map((value) => (value > theta ? value / normalizer.scale : 0));
    const found = await f.data();
    expect(expected.filter((value) => value > 0).length).toBeGreaterThan(5);
    expected.forEach((value, i) => expect(Math.abs((found[i] ?? 0) - value)).toBeLessThan(1e-5));

    const reconstruction = await decode(weights, f).data();
    const { wDec, bDec } = state.parameters;
    for (let token = 0; token < batch; token++) {
      for (let d = 0; d < dIn; d++) {
        let sum = bDec.p[d] ?? 0;
        for (let i = 0; i < dSae; i++) {
          const value = pre[token * dSae + i] ?? 0;
          if (value > theta) sum += value * (wDec.p[i * width + d] ?? 0);
        }
        const plain = sum / normalizer.scale + (normalizer.mean[d] ?? 0);
        expect(Math.abs((reconstruction[token * dIn + d] ?? 0) - plain)).toBeLessThan(1e-5);
      }
    }
  });

  it('holds what a file of float16 gives back', async () => {
    const state = await tinyState();
    const half = foldedSae(state, { layer: 3, site: 'z', kind: 'relu', k: 2, normalizer, dtype: 'float16' });
    const again = shifted(half, 0, 'float16');
    expect(again.bEnc.data).toEqual(half.bEnc.data);
    expect(half.wDec.data).not.toEqual(fold(state, 'relu').wDec.data);
  });
});

const heldOut = (state: SaeState) => ({ batch, tokens: batch, heldOut: () => [plainX(state)] });

it('measures the variance that an SAE explains of held-out tokens', async () => {
  const state = await tinyState();
  const sae = fold(state, 'jumprelu');
  const x = plainX(state);
  const weights = tensors(sae);
  const written = await decode(weights, encode(sae, weights, tf.tensor2d(x, [batch, dIn]))).data();
  const mean = Array.from({ length: dIn }, (_, d) => {
    return x.reduce((sum, value, i) => (i % dIn === d ? sum + value / batch : sum), 0);
  });
  const error = x.reduce((sum, value, i) => sum + (value - written[i]) ** 2, 0);
  const variance = x.reduce((sum, value, i) => sum + (value - mean[i % dIn]) ** 2, 0);
  const { explainedVariance } = await measureHeldOut(engine, sae, heldOut(state));
  expect(explainedVariance).toBeCloseTo(1 - error / variance, 5);
});

describe('thresholdShift', () => {
  it.each(['batchtopk', 'jumprelu', 'relu'] as const)(
    'makes L0 of held-out tokens what was asked for (%s)',
    async (kind) => {
      const state = await tinyState();
      for (const targetL0 of [1, 2.5, 4]) {
        const sae = fold(state, kind);
        const calibrated = shifted(sae, await thresholdShift(engine, sae, targetL0, heldOut(state)), 'float32');
        expect((await measureHeldOut(engine, calibrated, heldOut(state))).l0).toBe(targetL0);
      }
    },
  );

  it('keeps the activations that stay as they are, of ReLU too', async () => {
    const state = await tinyState();
    const sae = fold(state, 'relu');
    const x = tf.tensor2d(plainX(state), [batch, dIn]);
    const all = await encode(sae, tensors(sae), x).data();
    const l0 = all.filter((value) => value > 0).length / batch;
    const fewer = shifted(sae, await thresholdShift(engine, sae, l0 - 1, heldOut(state)), 'float32');
    const kept = await encode(fewer, tensors(fewer), x).data();
    expect(kept.filter((value) => value > 0)).toHaveLength(Math.round((l0 - 1) * batch));
    kept.forEach((value, i) => expect([0, all[i]]).toContain(value));
    const more = shifted(sae, await thresholdShift(engine, sae, l0 + 1, heldOut(state)), 'float32');
    expect(more.activation.kind).toBe('relu');
  });

  it('leaves one activation where fewer were asked for', async () => {
    const state = await tinyState();
    const sae = fold(state, 'jumprelu');
    const calibrated = shifted(sae, await thresholdShift(engine, sae, 0.4 / batch, heldOut(state)), 'float32');
    expect((await measureHeldOut(engine, calibrated, heldOut(state))).l0).toBe(1 / batch);
  });

  it('refuses thresholds that nothing is a finite way below', async () => {
    const state = await tinyState();
    const threshold = float32([dSae], new Float32Array(dSae).fill(Number.POSITIVE_INFINITY));
    const sae: Sae = { ...fold(state, 'jumprelu'), activation: { kind: 'jumprelu', threshold } };
    await expect(thresholdShift(engine, sae, 2, heldOut(state))).rejects.toThrow(
      `no thresholds leave ${2 * batch} activations: 0 margins are finite`,
    );
  });
});
