import * as tf from '@tensorflow/tfjs-core';
import type { ActiveFeatures } from '../../../pipeline/attribution/recursion/active-features.ts';
import type { LayerPass } from '../../../pipeline/attribution/recursion/frozen-pass.ts';
import type { FrozenPrompt } from '../../../pipeline/attribution/recursion/frozen-prompt.ts';
import type { LayerMemory } from '../../../pipeline/model/tail.ts';
import type { NextTokens } from './read-predictions.ts';

/** What one layer computed; `parts` only in passes that nothing was changed in. */
export interface LayerState {
  /** A [1, head, destination, source] */
  readonly pattern: tf.Tensor;
  readonly parts: LayerParts | undefined;
}

/** Of a batch of one. */
export interface LayerParts extends Omit<LayerPass, 'pattern'> {
  /** v [1, head, position, dHead] */
  readonly value: tf.Tensor;
}

/** A forward pass that is kept: tensors on the backend, and what was read of it. */
export interface StoredPass extends NextTokens {
  readonly ids: readonly number[];
  readonly layers: readonly LayerState[];
  /** Of every layer that has an SAE, after the edits. */
  readonly active: ReadonlyMap<number, ActiveFeatures>;
  /** The residual stream after the last layer [position, dModel]. */
  readonly residual: tf.Tensor;
  /** Set once something of the prompt has been taken apart. */
  frozen?: FrozenPrompt;
  /** Set once ablations have been measured. */
  memory?: readonly LayerMemory[];
}

export function disposePass({ layers, residual, frozen, memory }: StoredPass): void {
  layers.forEach(disposeLayer);
  frozen?.dispose();
  residual.dispose();
  for (const { key, value } of memory ?? []) tf.dispose([key, value]);
}

export function disposeLayer({ pattern, parts }: LayerState): void {
  tf.dispose(pattern);
  if (parts) tf.dispose(Object.values(parts));
}

/** A feature's activations along a prompt. */
export function activationsOf({ ids, active }: StoredPass, layer: number, feature: number): Float32Array {
  const along = new Float32Array(ids.length);
  const found = active.get(layer);
  found?.features.forEach((other, row) => {
    if (other === feature) along[found.sources[row]] = found.values[row];
  });
  return along;
}

/** The residual stream after the last layer at one position [1, dModel]. */
export const residualAt = ({ residual }: StoredPass, position: number): tf.Tensor =>
  tf.slice(residual, [position, 0], [1, -1]);

/** The parts of a layer. Throws where the pass was an edited one. */
export function partsOf({ layers }: StoredPass, layer: number): LayerParts {
  const parts = layers[layer]?.parts;
  if (!parts) throw new Error(`layer ${layer} of this pass was not kept in parts`);
  return parts;
}
