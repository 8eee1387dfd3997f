import * as tf from '@tensorflow/tfjs-core';
import { runLayers, type Transformer, tokenLosses } from '../../../model/transformer.ts';
import { encode, reconstruct, type Sae, saeTensors } from '../../../sae/sae.ts';

/** What one batch of contexts adds to an SAE's quality, position 0 (the beginning of the sequence) left out. */
export interface ReconstructionSums {
  /** Mean z of each context [batch, dIn] */
  readonly mean: tf.Tensor;
  /** Σ‖z − mean‖² of each context [batch] */
  readonly spread: tf.Tensor;
  /** Σ‖z − ẑ‖² of each context [batch] */
  readonly error: tf.Tensor;
  /** Σ‖f‖₀ of each context [batch] */
  readonly active: tf.Tensor;
  /** Each feature's largest activation in the batch [dSae] */
  readonly peak: tf.Tensor;
}

/** Sums over the tokens of z [batch, position, dIn]; a row a context, so that padding can be left out afterwards. */
export function reconstructionSums(sae: Sae, weights: tf.NamedTensorMap, z: tf.Tensor): ReconstructionSums {
  const [batch = 1, length = 1, dIn = 1] = z.shape;
  const counted = tf.slice(z, [0, 1, 0], [-1, length - 1, -1]);
  const mean = tf.mean(counted, 1, true);
  const flat = tf.reshape(counted, [batch * (length - 1), dIn]);
  const tensors = saeTensors(sae, weights);
  const f = encode(sae, tensors, flat);
  const squares = (x: tf.Tensor) => tf.sum(tf.reshape(tf.square(x), [batch, -1]), 1);
  return {
    mean: tf.reshape(mean, [batch, dIn]),
    spread: squares(tf.sub(counted, mean)),
    error: squares(tf.sub(flat, reconstruct(sae, tensors, f, flat))),
    active: tf.sum(tf.reshape(tf.cast(tf.greater(f, 0), 'float32'), [batch, -1]), 1),
    peak: tf.max(f, 0),
  };
}

/** What stands in for z, at every position: the SAE's ẑ, zero, or the mean z. */
export const ablations = ['sae', 'zero', 'mean'] as const;
export type Ablation = (typeof ablations)[number];

/**
 * Final residual streams, one below the other on the batch axis: [(1 + 3·saes)·batch, position, dModel].
 * First the clean one, then for each SAE by layer those of `ablations`. Each runs only from its own layer on.
 * tokens [batch, position]; means [dIn] by layer.
 */
export function ablatedResiduals(
  transformer: Transformer,
  weights: tf.NamedTensorMap,
  saes: readonly Sae[],
  tokens: tf.Tensor,
  means: ReadonlyMap<number, tf.Tensor>,
): tf.Tensor {
  const batch = tokens.shape[0] ?? 1;
  const first = (x: tf.Tensor) => tf.slice(x, [0, 0, 0], [batch, -1, -1]);
  return runLayers(transformer, transformer.embed(tokens), {
    edit({ layer, residual, z }) {
      const sae = saes.find((candidate) => candidate.layer === layer);
      if (!sae) return { residual, z };
      const replaced = replacements(sae, weights, first(z), means.get(layer));
      return {
        residual: tf.concat([residual, ...ablations.map(() => first(residual))], 0),
        z: tf.concat([z, ...ablations.map((ablation) => replaced[ablation])], 0),
      };
    },
  });
}

function replacements(
  sae: Sae,
  weights: tf.NamedTensorMap,
  z: tf.Tensor,
  mean?: tf.Tensor,
): Record<Ablation, tf.Tensor> {
  if (!mean) throw new Error(`the mean z of layer ${sae.layer} is missing`);
  const tensors = saeTensors(sae, weights);
  const flat = tf.reshape(z, [-1, sae.dIn]);
  const reconstruction = reconstruct(sae, tensors, encode(sae, tensors, flat), flat);
  const zero = tf.zerosLike(z);
  return { sae: tf.reshape(reconstruction, z.shape), zero, mean: tf.add(zero, mean) };
}

/** Cross-entropy of each next token, in nats, from the final residual stream: [batch, length − 1]. */
export function residualLosses(transformer: Transformer, residual: tf.Tensor, tokens: tf.Tensor): tf.Tensor {
  return tokenLosses(transformer.unembed(residual), tokens);
}
