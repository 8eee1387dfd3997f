import * as tf from '@tensorflow/tfjs-core';
import type { Layer } from '../model/layer.ts';
import type { Model } from '../model/model.ts';
import { behindNorm, normScale, throughNorm } from '../model/norm.ts';
import { attentionWeights } from '../model/weights.ts';
import type { FloatTensor } from '../numbers/tensor.ts';
import { type InputNormalization, inputScale } from './input-normalization.ts';

/**
 * Where an SAE stands in a layer: z, before W_O, or the attention output, what attention adds to the residual stream, as
 * TransformerLens's hook_attn_out is: after W_O, and after the norm behind it where the family has one.
 */
export const sites = ['z', 'attn_out'] as const;
export type Site = (typeof sites)[number];

/** The site's activations x, of a layer's z [..., nHeads·dHead]: z itself, or the attention output [..., dModel]. */
export function siteInput(layer: Layer, site: Site, z: tf.Tensor): tf.Tensor {
  return site === 'z' ? z : layer.attentionOutput(z);
}

/** What attention adds to the residual stream when the site's activations are x: [..., dModel]. */
export function siteOutput(layer: Layer, site: Site, x: tf.Tensor): tf.Tensor {
  return site === 'z' ? layer.attentionOutput(x) : x;
}

/**
 * Directions [row, dIn] of a site as each head's z meets them, so that x·direction = readScale·(z·byHeads(direction) +
 * outputBiasRead): columns of wEnc give what a feature reads of each head, decoder rows what each head can write of them.
 * At z the direction itself, after W_O direction·W_Oᵀ, taken through a norm behind W_O → [row, nHeads·dHead].
 */
export function byHeads(layer: Layer, site: Site, directions: tf.Tensor): tf.Tensor2D {
  if (site === 'z') return directions as tf.Tensor2D;
  return tf.matMul(beforeNorm(layer, directions), layer.output.weight as tf.Tensor2D, false, true);
}

/**
 * What directions [row, dIn] of a site read of b_O, and of c·W_O in a folded layer: the part of x·direction that no head
 * wrote; 0 at z → [row].
 */
export function outputBiasRead(layer: Layer, site: Site, directions: tf.Tensor): tf.Tensor {
  const rows = directions.shape[0];
  const none = tf.zeros([rows]);
  if (site === 'z') return none;
  const { foldedBias, output } = layer;
  const read = (map: tf.Tensor, bias: tf.Tensor) =>
    tf.reshape(tf.matMul(map as tf.Tensor2D, tf.reshape(bias, [-1, 1])), [rows]);
  const ofOutput = output.bias ? tf.add(none, read(beforeNorm(layer, directions), output.bias)) : none;
  return foldedBias ? tf.add(ofOutput, read(byHeads(layer, site, directions), foldedBias)) : ofOutput;
}

/**
 * What multiplies all that a feature reads at a position: the SAE's input scale, over σ of a norm between W_O and the
 * site, both frozen at their values there; nothing where there is neither. `z` gives z [token, nHeads·dHead] → [token, 1].
 */
export function readScale(
  layer: Layer,
  { site, normalization }: { readonly site: Site; readonly normalization?: InputNormalization | undefined },
  z: () => tf.Tensor,
): tf.Tensor | undefined {
  const norm = site === 'z' ? undefined : layer.postAttentionNorm;
  if (!norm && !normalization) return undefined;
  const own = z();
  const scale = inputScale(normalization, siteInput(layer, site, own))?.into ?? tf.ones([own.shape[0], 1]);
  return norm ? tf.div(scale, normScale(norm, layer.write(own))) : scale;
}

/**
 * What multiplies a feature's f at a position so that f·residualWrites is what it adds to the residual stream there: the
 * SAE's scale back, at z over σ of a norm behind W_O, both frozen at their values; nothing where there is neither. `z`
 * gives z [token, nHeads·dHead] → [token, 1].
 */
export function writeScale(
  layer: Layer,
  { site, normalization }: { readonly site: Site; readonly normalization?: InputNormalization | undefined },
  z: () => tf.Tensor,
): tf.Tensor | undefined {
  const norm = site === 'z' ? layer.postAttentionNorm : undefined;
  if (!norm && !normalization) return undefined;
  const own = z();
  const scale = inputScale(normalization, siteInput(layer, site, own))?.back ?? tf.ones([own.shape[0], 1]);
  return norm ? tf.div(scale, normScale(norm, layer.write(own))) : scale;
}

/**
 * What decoder rows [row, dIn] write to the residual stream → [row, dModel]: wDec[i]·W_O at z, wDec[i] itself after it. A
 * norm behind W_O multiplies the former by its gain; its scale, which differs from position to position, is writeScale's.
 */
export function residualWrites(layer: Layer, site: Site, decoderRows: tf.Tensor): tf.Tensor2D {
  if (site === 'attn_out') return decoderRows as tf.Tensor2D;
  const written: tf.Tensor2D = tf.matMul(decoderRows as tf.Tensor2D, layer.output.weight as tf.Tensor2D);
  const norm = layer.postAttentionNorm;
  if (!norm) return written;
  return behindNorm(norm, written) as tf.Tensor2D;
}

/** The model's weights that an SAE needs besides its own to be read by heads: none at z. */
export function siteWeights(
  model: Model,
  { layer, site }: { readonly layer: number; readonly site: Site },
): Record<string, FloatTensor> {
  return site === 'z' ? {} : attentionWeights(model, [layer]);
}

/** Directions behind the norm after W_O, where there is one, as W_O's output meets them, σ aside. */
function beforeNorm(layer: Layer, directions: tf.Tensor): tf.Tensor2D {
  const norm = layer.postAttentionNorm;
  if (norm?.bias) throw new Error('a norm behind W_O with a bias is not allowed for');
  return (norm ? throughNorm(norm, directions) : directions) as tf.Tensor2D;
}
