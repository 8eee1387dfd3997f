import * as tf from '@tensorflow/tfjs-core';
import type { Program, TensorSpec } from '../engine/program.ts';
import type { ModelConfig } from '../model/model.ts';
import { tensorShapes } from '../model/tensors.ts';
import { logits, Transformer, tokenLosses } from '../model/transformer.ts';
import { adamUpdate, clipByGlobalNorm } from './adam.ts';

export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const NORM_LIMIT = 1;

const float = (shape: readonly number[]): TensorSpec => ({ shape, dtype: 'float32' });

/** Names of a weight's three state tensors: its value and Adam's two means. */
export const stateNames = (weight: string) => ({ value: weight, m: `m/${weight}`, v: `v/${weight}` });

/** The tensors that a step reads and returns anew, each as `NAME` and `next/NAME`. */
export function stateSpecs(config: ModelConfig): Record<string, TensorSpec> {
  const weights = Object.entries(tensorShapes(config));
  return Object.fromEntries(
    weights.flatMap(([name, shape]) => Object.values(stateNames(name)).map((key) => [key, float(shape)])),
  );
}

/** Mean next-token cross-entropy of rows [batch, length], in nats. */
function meanLoss(config: ModelConfig, weights: Record<string, tf.Tensor>, rows: tf.Tensor): tf.Scalar {
  return tf.mean(tokenLosses(logits(new Transformer(config, weights), rows), rows));
}

/**
 * One training step as a program: inputs `rows` [batch, length], `rate` and `shrink` (see adamUpdate) and the state;
 * outputs `loss`, `norm` (the gradient's, before clipping) and the next state. Vectors (biases, gains) do not decay.
 */
export function lmStep(config: ModelConfig, batch: number, length: number): Program {
  const names = Object.keys(tensorShapes(config));
  return {
    name: 'language-model step',
    inputs: {
      rows: { shape: [batch, length], dtype: 'int32' },
      rate: float([]),
      shrink: float([]),
      ...stateSpecs(config),
    },
    weights: {},
    body(inputs) {
      const { rows, rate, shrink } = inputs;
      if (!rows || !rate || !shrink) throw new Error('the step lacks an input');
      const get = (name: string) => inputs[name] ?? tf.scalar(0);
      const loss = (...values: tf.Tensor[]) =>
        meanLoss(config, Object.fromEntries(names.map((name, i) => [name, values[i] ?? get(name)])), rows);
      const { value, grads } = tf.valueAndGrads(loss)(names.map(get));
      const { norm, clipped } = clipByGlobalNorm(grads, NORM_LIMIT);
      const out: Record<string, tf.Tensor> = { loss: value, norm };
      names.forEach((name, i) => {
        const keys = stateNames(name);
        const state = { value: get(keys.value), m: get(keys.m), v: get(keys.v) };
        const decay = state.value.rank > 1 ? { rate, shrink } : { rate };
        const next = adamUpdate(state, clipped[i] ?? tf.zerosLike(state.value), decay, ADAM);
        out[`next/${keys.value}`] = next.value;
        out[`next/${keys.m}`] = next.m;
        out[`next/${keys.v}`] = next.v;
      });
      return out;
    },
  };
}
