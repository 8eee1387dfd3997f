import * as tf from '@tensorflow/tfjs-core';
import { attention, type Transformer } from '../../model/transformer.ts';
import { append } from '../../numbers/append.ts';
import { decode, encode, type Sae, type SaeTensors } from '../../sae/sae.ts';

/** An SAE with its weights on the current backend. */
export interface LoadedSae {
  readonly sae: Sae;
  readonly tensors: SaeTensors;
}

/** SAEs by layer; a layer may have none. */
export type LoadedSaes = ReadonlyMap<number, LoadedSae>;

/** What recursive attribution takes as given of one layer. */
export interface FrozenLayer {
  /** A [batch, head, destination, source] */
  readonly pattern: tf.Tensor;
  /** σ of the normalisation before attention: [batch, position, 1] */
  readonly scale: tf.Tensor;
}

/** One forward pass, taken apart. */
export interface FrozenPass {
  /** Layers 0 … last. */
  readonly layers: readonly FrozenLayer[];
  /** f [batch·position, dSae] of each layer below last that has an SAE. */
  readonly activations: ReadonlyMap<number, tf.Tensor>;
  /** As denseComponents(last) lists them: [component, batch, position, dModel]. */
  readonly components: tf.Tensor;
}

/** Runs tokens [batch, position] up to the attention of layer `last`, and keeps the parts of each residual stream. */
export function frozenPass(transformer: Transformer, saes: LoadedSaes, tokens: tf.Tensor, last: number): FrozenPass {
  const { architecture, config, weights } = transformer;
  const layers: FrozenLayer[] = [];
  const activations = new Map<number, tf.Tensor>();
  const parts = [...architecture.embeddingParts(config, weights, tokens)];
  let residual = architecture.embed(config, weights, tokens);
  for (let layer = 0; layer <= last; layer++) {
    const { pattern, z } = attention(transformer, layer, residual);
    layers.push({ pattern, scale: architecture.attentionScale(config, weights, layer, residual) });
    if (layer === last) break;
    const written = architecture.attentionOutput(config, weights, layer, z);
    const middle = tf.add(residual, written);
    const mlp = architecture.mlp(config, weights, layer, middle);
    residual = tf.add(middle, mlp);
    const sae = saes.get(layer);
    if (sae) {
      const taken = takeApart(transformer, layer, sae, z);
      activations.set(layer, taken.f);
      append(parts, [taken.error, ...taken.biases, mlp]);
    } else parts.push(written, mlp);
  }
  return { layers, activations, components: tf.stack(parts) };
}

/** f, and the parts of the attention output besides the features. */
function takeApart(transformer: Transformer, layer: number, { sae, tensors }: LoadedSae, z: tf.Tensor) {
  const rows = tf.reshape(z, [-1, sae.dIn]);
  const f = encode(sae, tensors, rows);
  return { f, ...unfeaturedParts(transformer, layer, tensors.bDec, z, decode(tensors, f)) };
}

/**
 * (z − ẑ)·W_O, and bDec·W_O, c·W_O of a folded layer and b_O at every position: an attention output is their sum and
 * Σ_j f_j·wDec[j]·W_O.
 * z [batch, position, dIn], reconstruction ẑ [batch·position, dIn]; each part [batch, position, dModel].
 */
export function unfeaturedParts(
  { architecture, config, weights }: Transformer,
  layer: number,
  bDec: tf.Tensor,
  z: tf.Tensor,
  reconstruction: tf.Tensor,
): { readonly error: tf.Tensor; readonly biases: readonly tf.Tensor[] } {
  const outputWeight = architecture.outputWeight(config, weights, layer);
  const shape = [...z.shape.slice(0, -1), config.dModel];
  const missed = tf.sub(tf.reshape(z, reconstruction.shape), reconstruction);
  const error = tf.reshape(tf.matMul(missed as tf.Tensor2D, outputWeight as tf.Tensor2D), shape);
  const folded = architecture.foldedBias(config, weights, layer);
  const written = [bDec, ...(folded ? [folded] : [])].map((bias) =>
    tf.matMul(tf.reshape(bias, [1, -1]), outputWeight as tf.Tensor2D),
  );
  const everywhere = (x: tf.Tensor) => tf.broadcastTo(tf.reshape(x, [1, 1, -1]), shape);
  return { error, biases: [...written, architecture.outputBias(config, weights, layer)].map(everywhere) };
}
