import * as tf from '@tensorflow/tfjs-core';
import type { Layer } from '../model/layer.ts';
import type { Model, ModelConfig } from '../model/model.ts';
import { behindNorm, normScale, throughNorm } from '../model/norm.ts';
import { attentionWeights } from '../model/weights.ts';
import type { FloatTensor } from '../numbers/tensor.ts';
import { type InputNormalization, inputScale } from './input-normalization.ts';

/**
 * Where an SAE stands in a layer: z, before W_O; the attention output, what attention adds to the residual stream, as
 * TransformerLens's hook_attn_out is: after W_O, and after the norm behind it where the family has one; or, of such a
 * family, the attention module's own output, which that norm reads.
 */
export const sites = ['z', 'attn_module', 'attn_out'] as const;
export type Site = (typeof sites)[number];

/** Width of a site's activations. */
export function siteWidth({ nHeads, dHead, dModel }: Pick<ModelConfig, 'nHeads' | 'dHead' | 'dModel'>, site: Site) {
  return site === 'z' ? nHeads * dHead : dModel;
}

/** The site's activations x, of a layer's z [..., nHeads·dHead]: z itself, or behind W_O [..., dModel]. */
export function siteInput(layer: Layer, site: Site, z: tf.Tensor): tf.Tensor {
  if (site === 'z') return z;
  return site === 'attn_module' ? layer.write(z) : layer.attentionOutput(z);
}

/** What attention adds to the residual stream when the site's activations are x: [..., dModel]. */
export function siteOutput(layer: Layer, site: Site, x: tf.Tensor): tf.Tensor {
  if (site === 'z') return layer.attentionOutput(x);
  return site === 'attn_module' ? layer.afterWrite(x) : x;
}

/**
 * Directions [row, dIn] of a site as each head's z meets them, so that x·direction = readScale·(z·byHeads(direction) +
 * outputBiasRead): columns of wEnc give what a feature reads of each head, decoder rows what each head can write of them.
 * At z the direction itself, after W_O direction·W_Oᵀ, taken through a norm between W_O and the site → [row, nHeads·dHead].
 */
export function byHeads(layer: Layer, site: Site, directions: tf.Tensor): tf.Tensor2D {
  if (site === 'z') return directions as tf.Tensor2D;
  return tf.matMul(asWritten(layer, site, directions), layer.output.weight as tf.Tensor2D, false, true);
}

/** Directions [row, dModel] of the residual stream as a site meets them, the scale of a norm between aside: [row, dIn]. */
export function streamDirectionsAt(layer: Layer, site: Site, directions: tf.Tensor): tf.Tensor2D {
  if (site === 'attn_out') return directions as tf.Tensor2D;
  return site === 'z' ? byHeads(layer, 'attn_out', directions) : asWritten(layer, 'attn_out', directions);
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
  const ofOutput = output.bias ? tf.add(none, read(asWritten(layer, site, directions), output.bias)) : none;
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
  const norm = site === 'attn_out' ? layer.postAttentionNorm : undefined;
  if (!norm && !normalization) return undefined;
  const own = z();
  const scale = inputScale(normalization, siteInput(layer, site, own))?.into ?? tf.ones([own.shape[0], 1]);
  return norm ? tf.div(scale, normScale(norm, layer.write(own))) : scale;
}

/**
 * What multiplies a feature's f at a position so that f·residualWrites is what it adds to the residual stream there: the
 * SAE's scale back, before a norm behind W_O over its σ, both frozen at their values; nothing where there is neither. `z`
 * gives z [token, nHeads·dHead] → [token, 1].
 */
export function writeScale(
  layer: Layer,
  { site, normalization }: { readonly site: Site; readonly normalization?: InputNormalization | undefined },
  z: () => tf.Tensor,
): tf.Tensor | undefined {
  const norm = site === 'attn_out' ? undefined : layer.postAttentionNorm;
  if (!norm && !normalization) return undefined;
  const own = z();
  const scale = inputScale(normalization, siteInput(layer, site, own))?.back ?? tf.ones([own.shape[0], 1]);
  return norm ? tf.div(scale, normScale(norm, layer.write(own))) : scale;
}

/**
 * What decoder rows [row, dIn] write to the residual stream → [row, dModel]: wDec[i]·W_O at z, wDec[i] itself after it. A
 * norm behind the site multiplies it by its gain; its scale, which differs from position to position, is writeScale's.
 */
export function residualWrites(layer: Layer, site: Site, decoderRows: tf.Tensor): tf.Tensor2D {
  const rows = decoderRows as tf.Tensor2D;
  if (site === 'attn_out') return rows;
  const written: tf.Tensor2D = site === 'z' ? tf.matMul(rows, layer.output.weight as tf.Tensor2D) : rows;
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

/** Directions of a site after W_O as W_O's output meets them: through a norm between, σ aside. */
function asWritten(layer: Layer, site: Exclude<Site, 'z'>, directions: tf.Tensor): tf.Tensor2D {
  const norm = site === 'attn_out' ? layer.postAttentionNorm : undefined;
  if (norm?.bias) throw new Error('a norm behind W_O with a bias is not allowed for');
  return (norm ? throughNorm(norm, directions) : directions) as tf.Tensor2D;
}
