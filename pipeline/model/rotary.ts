import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig, Rotary } from './model.ts';

/** Where in a context the rows of a tensor are: one after another from `first`, or at given places below a bound. */
export type Positions =
  | { readonly first: number; readonly length: number }
  | { readonly at: tf.Tensor; readonly below: number };

/** A layer's rotary positions, where it has them. */
export function rotaryOf({ rotary }: ModelConfig, layer: number): Rotary | null {
  return isPerLayer(rotary) ? (rotary[layer] ?? null) : rotary;
}

const isPerLayer = (rotary: ModelConfig['rotary']): rotary is readonly (Rotary | null)[] => Array.isArray(rotary);

/** 0 … length − 1. */
export const wholeContext = (length: number) => ({ first: 0, length });

/**
 * Rotary positions: each pair of dimensions (a, b) of x [..., position, dHead] is turned by position·frequency to
 * (a·cos − b·sin, b·cos + a·sin); dimensions past `dims` stay as they are. q_t·k_s then depends on t − s alone.
 * Source: Su et al. 2021, arXiv:2104.09864, section 3.2.2.
 */
export function rotate(rotary: Rotary, x: tf.Tensor, positions: Positions): tf.Tensor {
  const dHead = x.shape.at(-1) ?? 1;
  const { cos, sin, swap } = turnsAt(rotary, positions, dHead);
  const swapped = tf.reshape(tf.matMul(tf.reshape(x, [-1, dHead]), swap), x.shape);
  return tf.add(tf.mul(x, cos), tf.mul(swapped, sin));
}

function turnsAt(rotary: Rotary, positions: Positions, dHead: number) {
  if ('first' in positions) return turns(rotary, positions, dHead);
  const { cos, sin, swap } = turns(rotary, { first: 0, length: positions.below }, dHead);
  const at = (table: tf.Tensor2D) => tf.gather(table, positions.at as tf.Tensor1D);
  return { cos: at(cos), sin: at(sin), swap };
}

/** cos and sin [position, dHead] of angles in float32, as transformers has them in any precision of the model, and swap [dHead, dHead], which takes (a, b) to (−b, a). */
function turns(
  { dims, frequencies, pairs }: Rotary,
  { first, length }: { readonly first: number; readonly length: number },
  dHead: number,
) {
  const [cos, sin] = [new Float32Array(length * dHead).fill(1), new Float32Array(length * dHead)];
  const swap = new Float32Array(dHead * dHead);
  frequencies.forEach((frequency, pair) => {
    const [a, b] = pairs === 'halves' ? [pair, pair + dims / 2] : [2 * pair, 2 * pair + 1];
    swap[b * dHead + a] = -1;
    swap[a * dHead + b] = 1;
    for (let row = 0; row < length; row++) {
      for (const d of [a, b]) {
        cos[row * dHead + d] = Math.cos(Math.fround((first + row) * frequency));
        sin[row * dHead + d] = Math.sin(Math.fround((first + row) * frequency));
      }
    }
  });
  const table = (values: Float32Array) => tf.tensor2d(values, [length, dHead]);
  return { cos: table(cos), sin: table(sin), swap: tf.tensor2d(swap, [dHead, dHead]) };
}
