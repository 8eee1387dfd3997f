import * as tf from '@tensorflow/tfjs-core';
import type { Layer } from '../model/layer.ts';

/** Where an SAE stands in a layer: z, before W_O, or the attention output, as TransformerLens's hooks are called. */
export const sites = ['z', 'attn_out'] as const;
export type Site = (typeof sites)[number];

/** The site's activations x, of a layer's z [..., nHeads·dHead]: z itself, or z·W_O + b_O [..., dModel]. */
export function siteInput(layer: Layer, site: Site, z: tf.Tensor): tf.Tensor {
  return site === 'z' ? z : layer.attentionOutput(z);
}

/** What attention adds to the residual stream when the site's activations are x: [..., dModel]. */
export function siteOutput(layer: Layer, site: Site, x: tf.Tensor): tf.Tensor {
  return site === 'z' ? layer.attentionOutput(x) : x;
}

/**
 * Directions [row, dIn] of a site as each head's z meets them, so that x·direction = z·byHeads(direction) + a constant:
 * columns of wEnc give what a feature reads of each head, decoder rows what each head can write of them.
 * The direction itself at z, direction·W_Oᵀ at the attention output → [row, nHeads·dHead].
 */
export function byHeads(layer: Layer, site: Site, directions: tf.Tensor): tf.Tensor2D {
  if (site === 'z') return directions as tf.Tensor2D;
  return tf.matMul(directions as tf.Tensor2D, layer.output.weight as tf.Tensor2D, false, true);
}

/** What decoder rows [row, dIn] write to the residual stream: wDec[i]·W_O, or wDec[i] itself → [row, dModel]. */
export function residualWrites(layer: Layer, site: Site, decoderRows: tf.Tensor): tf.Tensor2D {
  if (site === 'attn_out') return decoderRows as tf.Tensor2D;
  return tf.matMul(decoderRows as tf.Tensor2D, layer.output.weight as tf.Tensor2D);
}

/** What no head writes of the site's activations: b_O, and c·W_O of a folded layer [dModel]; nothing at z. */
export function siteBias(layer: Layer, site: Site): tf.Tensor | undefined {
  if (site === 'z') return undefined;
  const { foldedBias, output } = layer;
  if (!foldedBias) return output.bias;
  const folded = tf.reshape(tf.matMul(tf.reshape(foldedBias, [1, -1]), output.weight as tf.Tensor2D), [-1]);
  return output.bias ? tf.add(folded, output.bias) : folded;
}
