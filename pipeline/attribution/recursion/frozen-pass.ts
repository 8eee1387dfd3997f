import * as tf from '@tensorflow/tfjs-core';
import { normScale } from '../../model/norm.ts';
import { runLayers, type Transformer } from '../../model/transformer.ts';
import { append } from '../../numbers/append.ts';
import { sizeOf } from '../../numbers/tensor.ts';
import { decoderBiasAt, encode, reconstruct, type Sae, type SaeTensors, writtenAt } from '../../sae/sae.ts';
import { requireExplained } from '../require-explained.ts';

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
  /** z of layers 0 … last: [batch, position, dIn]. */
  readonly z: readonly tf.Tensor[];
  /** f [batch·position, dSae] of each layer below last that has an SAE, in units of wDec: scaled back where z is scaled. */
  readonly activations: ReadonlyMap<number, tf.Tensor>;
  /** As denseComponents(last) lists them: [component, batch, position, dModel]. */
  readonly components: tf.Tensor;
}

/** Runs tokens [batch, position] up to the attention of layer `last`, and keeps the parts of each residual stream. */
export function frozenPass(transformer: Transformer, saes: LoadedSaes, tokens: tf.Tensor, last: number): FrozenPass {
  const layers: FrozenLayer[] = [];
  const zs: tf.Tensor[] = [];
  const activations = new Map<number, tf.Tensor>();
  const parts = [...transformer.embeddingParts(tokens)];
  const freeze = (layer: number, residual: tf.Tensor, pattern: tf.Tensor, z: tf.Tensor) => {
    layers.push({ pattern, scale: normScale(transformer.layer(layer).attentionNorm, residual) });
    zs.push(z);
  };
  const entering = runLayers(transformer, transformer.embed(tokens), {
    last: last - 1,
    visit({ layer, residual, state, z, attention, mlp }) {
      freeze(layer, residual, state.pattern, z);
      const sae = saes.get(layer);
      if (sae) {
        const taken = takeApart(transformer, layer, sae, z);
        activations.set(layer, taken.f);
        append(parts, [taken.error, ...taken.biases, mlp]);
      } else parts.push(attention, mlp);
    },
  });
  const state = transformer.layer(last).attend(entering);
  freeze(last, entering, state.pattern, state.z);
  return { layers, z: zs, activations, components: tf.stack(parts) };
}

/** f, and the parts of the attention output besides the features. */
function takeApart(transformer: Transformer, layer: number, { sae, tensors }: LoadedSae, z: tf.Tensor) {
  const rows = tf.reshape(z, [-1, sae.dIn]);
  const f = encode(sae, tensors, rows);
  const bDec = decoderBiasAt(sae.normalization, tensors.bDec, rows);
  const parts = unfeaturedParts(transformer, layer, bDec, z, reconstruct(sae, tensors, f, rows));
  return { f: writtenAt(sae.normalization, f, rows), ...parts };
}

/**
 * (z − ẑ)·W_O, and bDec·W_O, c·W_O of a folded layer and b_O where there is one, at every position: an attention output is their sum and
 * Σ_j f_j·wDec[j]·W_O.
 * z [batch, position, dIn], reconstruction ẑ [batch·position, dIn], bDec [dIn] or as ẑ; each part [batch, position, dModel].
 */
export function unfeaturedParts(
  transformer: Transformer,
  layer: number,
  bDec: tf.Tensor,
  z: tf.Tensor,
  reconstruction: tf.Tensor,
): { readonly error: tf.Tensor; readonly biases: readonly tf.Tensor[] } {
  requireExplained(transformer.config, 'recursive attribution', ['normalised attention outputs']);
  const { output, foldedBias } = transformer.layer(layer);
  const { weight: outputWeight, bias: outputBias } = output;
  const shape = [...z.shape.slice(0, -1), transformer.config.dModel];
  const missed = tf.sub(tf.reshape(z, reconstruction.shape), reconstruction);
  const error = tf.reshape(tf.matMul(missed as tf.Tensor2D, outputWeight as tf.Tensor2D), shape);
  const [dIn = 1] = outputWeight.shape;
  const written = [bDec, ...(foldedBias ? [foldedBias] : [])].map((bias) =>
    tf.matMul(tf.reshape(bias, [-1, dIn]), outputWeight as tf.Tensor2D),
  );
  const everywhere = (x: tf.Tensor) =>
    x.size === sizeOf(shape) ? tf.reshape(x, shape) : tf.broadcastTo(tf.reshape(x, [1, 1, -1]), shape);
  return { error, biases: [...written, ...(outputBias ? [outputBias] : [])].map(everywhere) };
}
