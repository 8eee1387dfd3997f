import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs'; // the gradients of its ops: the core has them, and no name for Node to load them by
import { floatSpec, intSpec, program, type TensorSpec } from '../engine/program.ts';
import type { ModelConfig } from '../model/model.ts';
import { tensorShapes } from '../model/tensors.ts';
import { logits, Transformer, tokenLosses } from '../model/transformer.ts';
import { adamUpdate, clipByGlobalNorm } from './adam.ts';

export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const NORM_LIMIT = 1;

/** Names of a weight's three state tensors: its value and Adam's two means. */
export const stateNames = (weight: string) => ({ value: weight, m: `m/${weight}`, v: `v/${weight}` });

/** The tensors that a step reads and returns anew. */
export function stateSpecs(config: ModelConfig): Record<string, TensorSpec<'float32'>> {
  const weights = Object.entries(tensorShapes(config));
  return Object.fromEntries(
    weights.flatMap(([name, shape]) =>
      Object.values(stateNames(name)).map((key) => [key, { shape, dtype: 'float32' } as const]),
    ),
  );
}

/** Mean next-token cross-entropy of rows [batch, length], in nats. */
function meanLoss(config: ModelConfig, weights: Record<string, tf.Tensor>, rows: tf.Tensor): tf.Scalar {
  return tf.mean(tokenLosses(logits(new Transformer(config, weights), rows), rows));
}

/**
 * One training step: rows, `rate` and `shrink` (see adamUpdate) and the state → the loss, the gradient's norm before
 * clipping, and the next state. Vectors (biases, gains) do not decay.
 */
export function lmStep(config: ModelConfig, batch: number, length: number) {
  const names = Object.keys(tensorShapes(config));
  return program({
    name: 'language-model step',
    inputs: { rows: intSpec(batch, length), rate: floatSpec(), shrink: floatSpec(), state: stateSpecs(config) },
    outputs: { loss: floatSpec(), norm: floatSpec(), next: stateSpecs(config) },
    weights: {},
    body({ rows, rate, shrink, state }) {
      const loss = (...values: tf.Tensor[]) =>
        meanLoss(config, Object.fromEntries(names.map((name, i) => [name, values[i]])), rows);
      const { value, grads } = tf.valueAndGrads(loss)(names.map((name) => state[name]));
      const { norm, clipped } = clipByGlobalNorm(grads, NORM_LIMIT);
      const next = names.flatMap((name, i) => {
        const keys = stateNames(name);
        const own = { value: state[keys.value], m: state[keys.m], v: state[keys.v] };
        const decay = own.value.rank > 1 ? { rate, shrink } : { rate };
        const { value: moved, m, v } = adamUpdate(own, clipped[i], decay, ADAM);
        return [
          [keys.value, moved],
          [keys.m, m],
          [keys.v, v],
        ] as const;
      });
      return { loss: value, norm, next: Object.fromEntries(next) };
    },
  });
}
