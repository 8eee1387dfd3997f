import * as tf from '@tensorflow/tfjs-core';
import type { Layer } from '../../model/layer.ts';
import { behindNorm, normScale } from '../../model/norm.ts';
import { runLayers, type Transformer } from '../../model/transformer.ts';
import { append } from '../../numbers/append.ts';
import { sizeOf } from '../../numbers/tensor.ts';
import { decoderBiasAt, encode, reconstruct, type Sae, type SaeTensors } from '../../sae/sae.ts';
import { type Site, siteInput, writeScale } from '../../sae/site.ts';

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
  /** f [batch·position, dSae] of each layer below last that has an SAE, times its writeScale where it has one. */
  readonly activations: ReadonlyMap<number, tf.Tensor>;
  /** As denseComponents(last) lists them: [component, batch, position, dModel]. */
  readonly components: tf.Tensor;
}

/** What one layer of a forward pass computed, as recursive attribution takes it apart. */
export interface LayerPass {
  /** The residual stream that enters [batch, position, dModel]. */
  readonly residual: tf.Tensor;
  /** A [batch, head, destination, source] */
  readonly pattern: tf.Tensor;
  /** z [batch, position, dIn] */
  readonly z: tf.Tensor;
  /** What attention and MLP write: [batch, position, dModel] each. */
  readonly attention: tf.Tensor;
  readonly mlp: tf.Tensor;
}

/** What an SAE gives back of what it reads of a layer. */
export interface Reconstruction {
  readonly site: Site;
  /** x̂ [batch·position, dIn] */
  readonly x: tf.Tensor;
  /** x̂ without features: [dIn], or as x̂ where x is scaled. */
  readonly bDec: tf.Tensor;
}

/** Runs tokens [batch, position] up to the attention of layer `last`, and keeps the parts of each residual stream. */
export function frozenPass(transformer: Transformer, saes: LoadedSaes, tokens: tf.Tensor, last: number): FrozenPass {
  const below: LayerPass[] = [];
  const entering = runLayers(transformer, transformer.embed(tokens), {
    last: last - 1,
    visit: ({ residual, state: { pattern }, z, attention, mlp }) =>
      void below.push({ residual, pattern, z, attention, mlp }),
  });
  const { pattern, z: lastZ } = transformer.layer(last).attend(entering);
  const activations = new Map<number, tf.Tensor>();
  const components = residualParts(transformer, tokens, below, (layer, pass) => {
    const loaded = saes.get(layer);
    if (!loaded) return undefined;
    const { sae, tensors } = loaded;
    const rows = tf.reshape(siteActivations(transformer.layer(layer), sae.site, pass), [-1, sae.dIn]);
    const f = encode(sae, tensors, rows);
    const scale = writeScale(transformer.layer(layer), sae, () => tf.reshape(pass.z, [rows.shape[0], -1]));
    activations.set(layer, scale ? tf.mul(f, scale) : f);
    const bDec = decoderBiasAt(sae.normalization, tensors.bDec, rows);
    return { site: sae.site, x: reconstruct(sae, tensors, f, rows), bDec };
  });
  return {
    layers: [...below, { residual: entering, pattern }].map((layer, i) => freezeLayer(transformer, i, layer)),
    z: [...below.map(({ z }) => z), lastZ],
    activations,
    components,
  };
}

export function freezeLayer(
  transformer: Transformer,
  layer: number,
  { residual, pattern }: Pick<LayerPass, 'residual' | 'pattern'>,
): FrozenLayer {
  return { pattern, scale: normScale(transformer.layer(layer).attentionNorm, residual) };
}

/**
 * The parts of the residual stream after some layers, the first ones, its features left out, as denseComponents lists
 * them: [component, batch, position, dModel]. `reconstructed` gives nothing of a layer that has no SAE.
 */
export function residualParts(
  transformer: Transformer,
  tokens: tf.Tensor,
  layers: readonly LayerPass[],
  reconstructed: (layer: number, pass: LayerPass) => Reconstruction | undefined,
): tf.Tensor {
  const parts = [...transformer.embeddingParts(tokens)];
  for (const [layer, pass] of layers.entries()) {
    const reconstruction = reconstructed(layer, pass);
    const written = reconstruction ? unfeaturedParts(transformer, layer, pass, reconstruction) : [pass.attention];
    append(parts, [...written, pass.mlp]);
  }
  return tf.stack(parts);
}

/** The activations that an SAE of a layer reads: [batch, position, dIn]. */
export const siteActivations = (
  layer: Layer,
  site: Site,
  { z, attention }: Pick<LayerPass, 'z' | 'attention'>,
): tf.Tensor => (site === 'attn_out' ? attention : siteInput(layer, site, z));

/**
 * What an SAE leaves of its layer's attention output besides Σ_j f_j·wDec[j]·W_O: of z (z − ẑ)·W_O, bDec·W_O, c·W_O of a
 * folded layer and b_O where there is one; of a site after W_O x − x̂ and bDec. Each is taken through a norm behind the
 * site, whose scale is frozen: [batch, position, dModel].
 */
function unfeaturedParts(
  transformer: Transformer,
  layer: number,
  pass: LayerPass,
  { site, x, bDec }: Reconstruction,
): tf.Tensor[] {
  const shape = pass.attention.shape;
  const own = transformer.layer(layer);
  const missed = tf.sub(tf.reshape(siteActivations(own, site, pass), x.shape), x);
  const everywhere = (part: tf.Tensor) =>
    part.size === sizeOf(shape) ? tf.reshape(part, shape) : tf.broadcastTo(tf.reshape(part, [1, 1, -1]), shape);
  const parts = (site === 'z' ? writtenParts(own, missed, bDec) : [missed, bDec]).map(everywhere);
  const norm = site === 'attn_out' ? undefined : own.postAttentionNorm;
  if (!norm) return parts;
  const scale = normScale(norm, own.write(pass.z));
  return parts.map((part) => tf.div(behindNorm(norm, part), scale));
}

/** Through W_O what an SAE of z missed [row, dIn] and its bDec, then c where it is folded, and b_O where there is one. */
function writtenParts({ output, foldedBias }: Layer, missed: tf.Tensor, bDec: tf.Tensor): tf.Tensor[] {
  const weight = output.weight as tf.Tensor2D;
  const throughOutput = (part: tf.Tensor): tf.Tensor => tf.matMul(tf.reshape(part, [-1, weight.shape[0]]), weight);
  const folded = foldedBias ? [foldedBias] : [];
  return [...[missed, bDec, ...folded].map(throughOutput), ...(output.bias ? [output.bias] : [])];
}
