import * as tf from '@tensorflow/tfjs-core';
import { type CompiledBy, floatSpec, program } from '../engine/program.ts';
import { type Random, randomInteger, randomNormal } from '../numbers/seeded-random.ts';
import { float32 } from '../numbers/tensor.ts';
import { type Start, unitVector } from './sae-state.ts';
import type { SaeShape } from './sae-step.ts';

/** Active features of a token when training starts, but no larger a share of all than MOST_ACTIVE. */
const START_L0 = 32;
const MOST_ACTIVE = 1 / 16;

/** On how many of `tokens` tokens a feature is active when it starts. */
function startingTokens(tokens: number, dSae: number): number {
  return Math.max(1, Math.round(tokens * Math.min(START_L0 / dSae, MOST_ACTIVE)));
}

/**
 * x [token, dIn], its centre [dIn] and unit rows [dSae, dIn] → `thresholds` [dSae], which (x − centre)·row passes on
 * startingTokens of the tokens; `gain`, the factor of what is above them whose reconstruction is nearest to x − centre.
 */
export function startProgram({ dIn, dSae }: SaeShape, tokens: number) {
  const active = startingTokens(tokens, dSae);
  return program({
    name: 'start of a sparse autoencoder',
    inputs: { x: floatSpec(tokens, dIn), centre: floatSpec(dIn), rows: floatSpec(dSae, dIn) },
    outputs: { thresholds: floatSpec(dSae), gain: floatSpec() },
    weights: {},
    body({ x, centre, rows }) {
      const centred = tf.sub(x, centre);
      const along = tf.matMul(rows as tf.Tensor2D, centred as tf.Tensor2D, false, true);
      const thresholds = tf.slice(tf.topk(along, active).values, [0, active - 1], [-1, 1]);
      const f = tf.relu(tf.sub(along, thresholds));
      const reconstruction = tf.matMul(f as tf.Tensor2D, rows as tf.Tensor2D, true);
      const gain = tf.div(tf.sum(tf.mul(reconstruction, centred)), tf.sum(tf.square(reconstruction)));
      return { thresholds: tf.reshape(thresholds, [dSae]), gain };
    },
  });
}

export interface StartOptions {
  /** startProgram, compiled. */
  readonly program: CompiledBy<typeof startProgram>;
  readonly shape: SaeShape;
  /** Scaled z of many tokens [token, dIn], and how many of the first the program measures. */
  readonly x: Float32Array;
  readonly sample: number;
  readonly random: Random;
}

/**
 * Where an SAE starts: each feature at the direction of x − mean of a random token, as revived features do, with a
 * threshold that few tokens pass. Training is spared the way down from half of all features active.
 */
export async function findStart({ program, shape, x, sample, random }: StartOptions): Promise<Start> {
  const { dIn, dSae } = shape;
  const mean = meanRow(x, dIn);
  const rows = new Float32Array(dSae * dIn);
  for (let feature = 0; feature < dSae; feature++) rows.set(randomDirection(x, mean, random), feature * dIn);
  const { thresholds, gain } = await program({
    x: { shape: [sample, dIn], dtype: 'float32', data: x.subarray(0, sample * dIn) },
    centre: float32([dIn], Float32Array.from(mean)),
    rows: float32([dSae, dIn], rows),
  });
  return { mean, rows, thresholds: thresholds.data, gain: gain.data[0] };
}

/** The direction of x − mean of a random token; a random one where that token is the mean itself. */
function randomDirection(x: Float32Array, mean: Float64Array, random: Random): Float64Array {
  const token = randomInteger(random, 0, x.length / mean.length - 1);
  const centred = mean.map((value, d) => (x[token * mean.length + d] ?? 0) - value);
  return unitVector(centred.some((value) => value !== 0) ? centred : centred.map(() => randomNormal(random)));
}

function meanRow(rows: Float32Array, dIn: number): Float64Array {
  const sums = new Float64Array(dIn);
  for (let i = 0; i < rows.length; i++) sums[i % dIn] = (sums[i % dIn] ?? 0) + (rows[i] ?? 0);
  return sums.map((sum) => (sum * dIn) / rows.length);
}
