import * as tf from '@tensorflow/tfjs-core';
import type { LinearMap } from '../../model/linear-map.ts';
import { behindNorm, type Norm, normScale } from '../../model/norm.ts';
import { rotate } from '../../model/rotary.ts';
import { type Component, hasReadBias } from './components.ts';
import { normedBias } from './contributions.ts';
import type { FrozenPrompt } from './frozen-prompt.ts';
import { componentsAt, partsAt } from './stream-parts.ts';

/** One entry of a head's attention pattern, before the softmax. */
export interface AttentionEdge {
  readonly layer: number;
  readonly head: number;
  readonly destination: number;
  readonly source: number;
}

/** A score as the sum of what each pair of a query-side and a key-side component adds. */
export interface ScoreAttribution {
  /** Components at the destination, features among them; β·W_Q + b_Q, of kind `query_bias`, is the last where there is one. */
  readonly query: readonly ScoreComponent[];
  /** Components at the source; the last likewise, of kind `key_bias`, is β·W_K + b_K. */
  readonly key: readonly ScoreComponent[];
  /** [query, key], the 1/√dHead included. They sum to the score before its cap. */
  readonly pairs: Float32Array;
  /** What of a small change of the score its cap lets pass, 1 − tanh²(score/cap); 1 where there is no cap. */
  readonly slope: number;
}

export type ScoreComponent =
  | Component
  | { readonly kind: 'query_bias' | 'key_bias'; readonly layer: number; readonly feature: null };

/**
 * QK attribution: q^h_t·k^h_s with both sides linear in the components of their residual streams, normalisation scales
 * frozen, those of queries and keys among them. pairs[a, b] = (LN_frozen(x_a)·W_Q^h)·(LN_frozen(y_b)·W_K^h)/√dHead, both
 * turned to their positions where positions are rotary, sums to the score before its cap.
 */
export async function scoreAttribution(prompt: FrozenPrompt, edge: AttentionEdge): Promise<ScoreAttribution> {
  const { layer, destination, source } = edge;
  const pairs = tf.tidy(() => {
    const { maps, queryNorm, keyNorm } = prompt.transformer.layer(layer);
    const queries = side(prompt, edge, destination, { map: maps.query, norm: queryNorm });
    return tf.matMul(queries, side(prompt, edge, source, { map: maps.key, norm: keyNorm }), false, true);
  });
  const data = new Float32Array(await pairs.data());
  pairs.dispose();
  const biasOf = (kind: 'query_bias' | 'key_bias'): ScoreComponent[] =>
    hasReadBias(prompt.transformer.config) ? [{ kind, layer, feature: null }] : [];
  return {
    query: [...componentsAt(prompt, layer, destination), ...biasOf('query_bias')],
    key: [...componentsAt(prompt, layer, source), ...biasOf('key_bias')],
    pairs: data,
    slope: slopeOf(
      prompt.transformer.config.attentionSoftcap,
      data.reduce((sum, pair) => sum + pair, 0),
    ),
  };
}

const slopeOf = (cap: number | null, score: number): number => (cap === null ? 1 : 1 - Math.tanh(score / cap) ** 2);

/** What makes the queries, or the keys, of a normalised residual stream. */
interface SideMaps {
  readonly map: LinearMap;
  readonly norm: Norm | undefined;
}

/** Each component's query or key of one head, turned to its position, and the bias's where there is one: [component, dHead]. */
function side(
  prompt: FrozenPrompt,
  { layer, head }: AttentionEdge,
  position: number,
  { map, norm: headNorm }: SideMaps,
): tf.Tensor2D {
  const { config } = prompt.transformer;
  const { attentionNorm: norm, rotary } = prompt.transformer.layer(layer);
  const scale = prompt.layers[layer]?.scale;
  if (!scale) throw new RangeError(`layer ${layer} is past the prompt's frozen layers`);
  const x = partsAt(prompt, layer, position);
  const centred = norm.centred ? tf.sub(x, tf.mean(x, -1, true)) : x;
  const normed = tf.mul(tf.div(centred, tf.slice(scale, [position, 0], [1, 1])), norm.gain);
  const own = [0, head * config.dHead];
  const projected = tf.matMul(normed as tf.Tensor2D, tf.slice(map.weight, own, [-1, config.dHead]) as tf.Tensor2D);
  const bias = tf.slice(tf.reshape(normedBias(norm, map), [1, -1]), own, [1, config.dHead]);
  const parts = hasReadBias(config) ? tf.concat([projected, bias], 0) : projected;
  const rows = headNorm ? frozenNorm(headNorm, parts) : parts;
  if (!rotary) return rows as tf.Tensor2D;
  const turned = rotate(rotary, tf.reshape(rows, [-1, 1, config.dHead]), { first: position, length: 1 });
  return tf.reshape(turned, [-1, config.dHead]);
}

/** Parts [component, dHead] of a head's query or key through its norm, whose scale is that of their sum. */
function frozenNorm(norm: Norm, parts: tf.Tensor): tf.Tensor {
  if (norm.bias) throw new Error('a norm of queries and keys with a bias is not allowed for');
  return tf.div(behindNorm(norm, parts), normScale(norm, tf.sum(parts, 0, true)));
}
