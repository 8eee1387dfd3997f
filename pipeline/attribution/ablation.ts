import * as tf from '@tensorflow/tfjs-core';
import { wholeContext } from '../model/rotary.ts';
import { type LayerMemory, runTail } from '../model/tail.ts';
import type { Transformer } from '../model/transformer.ts';
import type { Site } from '../sae/site.ts';

/** A prompt's unchanged pass, as ablations start from it. */
export interface UnchangedPass {
  readonly transformer: Transformer;
  /** The residual stream that enters each layer: [1, position, dModel] each. */
  readonly residuals: readonly tf.Tensor[];
}

/** Changes of one layer at one position, a row each, and the position whose logits they are measured by. */
export interface Ablations {
  readonly layer: number;
  readonly site: Site;
  readonly position: number;
  /** At or after `position`. */
  readonly destination: number;
  /** What each takes away of the site's activations: [row, dIn]. */
  readonly written: tf.Tensor;
}

/** Keys and values of every layer over the whole prompt. */
export function promptMemory({ transformer, residuals }: UnchangedPass): readonly LayerMemory[] {
  return residuals.map((residual, layer) => {
    const { key, value } = transformer.layer(layer).queryKeyValue(residual, wholeContext(residual.shape[1] ?? 1));
    return { key, value };
  });
}

/**
 * The last residual stream at `destination` of each ablation by itself: x' = x − written at one position, all else run
 * again behind it, patterns and norms among it; positions before it are those of the unchanged pass → [row, dModel].
 */
export function ablatedResidual(
  { transformer, residuals }: UnchangedPass,
  memory: readonly LayerMemory[],
  { layer, site, position, destination, written }: Ablations,
): tf.Tensor {
  const length = residuals[layer].shape[1] ?? 1;
  const tail = destination - position + 1;
  const [rows = 1, dIn = 1] = written.shape;
  const change = tf.mul(tf.reshape(written, [rows, 1, dIn]), -1);
  const { nHeads, dHead } = transformer.config;
  const none = tf.zeros([1, 1, nHeads * dHead]);
  const changeAt = (at: number, its: Site) => (at === layer && its === site ? change : undefined);
  return runTail(transformer, layer, {
    residual: tf.slice(residuals[layer], [0, position, 0], [1, tail, -1]),
    positions: { first: position, length: tail },
    memory: (at) => memory[at],
    mask: tailMask(length, position, tail),
    where: tf.tensor3d(
      Float32Array.from({ length: tail }, (_, i) => Number(i === 0)),
      [1, tail, 1],
    ),
    change: (at) => changeAt(at, 'z') ?? none,
    changeWritten: (at) => changeAt(at, 'attn_module'),
    changeOutput: (at) => changeAt(at, 'attn_out'),
  }).residual;
}

/** Sources before the tail, then those of the tail up to the destination: [tail, length + tail]. */
function tailMask(length: number, first: number, tail: number): tf.Tensor {
  const mask = new Float32Array(tail * (length + tail)).fill(-1e9);
  for (let t = 0; t < tail; t++) {
    const row = t * (length + tail);
    mask.fill(0, row, row + first);
    mask.fill(0, row + length, row + length + t + 1);
  }
  return tf.tensor2d(mask, [tail, length + tail]);
}
