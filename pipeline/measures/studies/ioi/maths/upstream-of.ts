import * as tf from '@tensorflow/tfjs-core';
import { denseContributions, directionsAt, oneContext } from '../../../../attribution/recursion/contributions.ts';
import { frozenPass, type LoadedSaes } from '../../../../attribution/recursion/frozen-pass.ts';
import type { Transformer } from '../../../../model/transformer.ts';
import type { InputNormalization } from '../../../../sae/input-normalization.ts';
import { readScale, type Site } from '../../../../sae/site.ts';

/** What some features of one layer read at one position, summed over sources and heads. */
export interface UpstreamOf {
  /** As denseComponents(layer) lists them, and the value bias where there is one: [component, target]. */
  readonly components: tf.Tensor;
  /** Of each lower layer that has an SAE, every feature's part: [dSae, target]. */
  readonly features: ReadonlyMap<number, tf.Tensor>;
}

export interface UpstreamTargets {
  readonly layer: number;
  /** Of the SAE that reads. */
  readonly site: Site;
  readonly normalization?: InputNormalization | undefined;
  /** Columns of that layer's wEnc: [target, dIn]. */
  readonly encoderRows: tf.Tensor;
  /** Where they are read: [1], int32. */
  readonly position: tf.Tensor;
}

/**
 * Recursive DFA of features at one position of tokens [1, position], one step: Σ_s,h A^h[t, s]/σ_s·(x_s·direction^h) of
 * every component x, upstream features as f_j·wDec[j]·W_O. All parts of a target sum to its DFA.
 * Source: Kissane et al. 2024, arXiv:2406.17759, section 3.1.
 */
export function upstreamOf(
  transformer: Transformer,
  saes: LoadedSaes,
  tokens: tf.Tensor,
  { layer, site, normalization, encoderRows, position }: UpstreamTargets,
): UpstreamOf {
  const { config } = transformer;
  const pass = frozenPass(transformer, saes, tokens, layer);
  const own = pass.layers[layer];
  if (!own) throw new RangeError(`no layer ${layer} among ${pass.layers.length}`);
  const frozen = oneContext(own, 0);
  const [targets = 1] = encoderRows.shape;
  const positions = tf.tile(position, [targets]);
  const z = () => tf.gather(tf.squeeze(pass.z[layer], [0]), positions as tf.Tensor1D);
  const { contributions, directions, attention } = denseContributions(
    transformer,
    tf.squeeze(pass.components, [1]),
    frozen,
    { layer, site, encoderRows, positions, scaleAt: readScale(transformer.layer(layer), { site, normalization }, z) },
  );
  const weight = tf.reshape(tf.div(attention, tf.reshape(frozen.scale, [-1, 1, 1])), [-1, targets * config.nHeads]);
  const features = [...pass.activations].map(([from, f]) => {
    const lower = saes.get(from);
    if (!lower) throw new Error(`layer ${from} has activations without an SAE`);
    const written = directionsAt(transformer, lower.sae, directions);
    const strengths = tf.matMul(lower.tensors.wDec as tf.Tensor2D, written, false, true);
    const carried = tf.mul(strengths, tf.matMul(f as tf.Tensor2D, weight as tf.Tensor2D, true, false));
    return [from, tf.sum(tf.reshape(carried, [-1, targets, config.nHeads]), 2)] as const;
  });
  return {
    components: tf.sum(contributions, [1, 3]),
    features: new Map(features),
  };
}
