import * as tf from '@tensorflow/tfjs-core';
import {
  headLogitAttribution,
  logitDirection,
  outputBiasLogitAttribution,
  tokenUnembedding,
  unembeddingDifference,
} from '../direct-logit-attribution.ts';
import type { Component } from './components.ts';
import type { FrozenPrompt } from './frozen-prompt.ts';
import { componentsAt, partsAt } from './stream-parts.ts';

/** A logit of the token after a position, or how far it is above another's. */
export interface LogitTarget {
  readonly position: number;
  readonly tokenId: number;
  /** The token whose logit is taken away; null for the logit itself. */
  readonly minusTokenId: number | null;
}

/** What one component at the position adds to a logit. */
export interface LogitTerm {
  readonly component: Component;
  readonly attribution: number;
}

/** A logit before its cap as a sum, of its terms or of what heads, MLPs, embeddings and biases add. */
export interface LogitAttribution {
  readonly target: LogitTarget;
  /** By component, `unembedding_bias` last. */
  readonly terms: readonly LogitTerm[];
  /** What of the attention outputs each head wrote: [layer, head]. */
  readonly byHead: Float32Array;
  /** What of them no head wrote, b_O and c·W_O: [layer]. */
  readonly outputBias: Float32Array;
}

/**
 * Direct logit attribution x·direction of every component x of the last residual stream at a position, the final norm's
 * scale frozen, features as f_j·wDec[j]·W_O. The terms sum to the logit, or difference of logits, before a cap; so do
 * heads and output biases in place of the attention's components. Throws RangeError when a layer was not frozen.
 * Source: Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits".
 */
export async function logitAttribution(prompt: FrozenPrompt, target: LogitTarget): Promise<LogitAttribution> {
  const { nLayers } = prompt.transformer.config;
  if (prompt.layers.length < nLayers) throw new RangeError(`${prompt.layers.length} of ${nLayers} layers are frozen`);
  const components = componentsAt(prompt, nLayers, target.position);
  const [values, byHead, outputBias] = tf.tidy(() => attributionsOf(prompt, target));
  const [attributions, ofHeads, ofBiases] = await Promise.all([values, byHead, outputBias].map(readBack));
  const terms = [...components, { kind: 'unembedding_bias', layer: null, feature: null } as const].map(
    (component, i) => ({ component, attribution: attributions[i] }),
  );
  return { target, terms, byHead: ofHeads, outputBias: ofBiases };
}

/** Of each component and the bias [component + 1], of heads [layer, head], and of output biases [layer]. */
function attributionsOf(prompt: FrozenPrompt, target: LogitTarget): [tf.Tensor, tf.Tensor, tf.Tensor] {
  const { transformer } = prompt;
  const { nLayers } = transformer.config;
  const { position } = target;
  const row = (x: tf.Tensor) => tf.slice(x, [position, 0], [1, -1]);
  const { direction, bias } = logitDirection(transformer, row(prompt.residual), unembeddingOf(prompt, target));
  const read = tf.matMul(partsAt(prompt, nLayers, position) as tf.Tensor2D, direction as tf.Tensor2D, false, true);
  const heads = prompt.z.map((z, layer) => headLogitAttribution(transformer, layer, row(z), direction));
  const biases = prompt.z.map((z, layer) => outputBiasLogitAttribution(transformer.layer(layer), row(z), direction));
  return [tf.concat([tf.reshape(read, [-1]), bias as tf.Tensor1D], 0), tf.concat(heads, 0), tf.concat(biases, 0)];
}

function unembeddingOf({ transformer }: FrozenPrompt, { tokenId, minusTokenId }: LogitTarget) {
  const token = (id: number) => tf.tensor1d([id], 'int32');
  return minusTokenId === null
    ? tokenUnembedding(transformer, token(tokenId))
    : unembeddingDifference(transformer, token(tokenId), token(minusTokenId));
}

async function readBack(values: tf.Tensor): Promise<Float32Array> {
  const data = new Float32Array(await values.data());
  values.dispose();
  return data;
}
