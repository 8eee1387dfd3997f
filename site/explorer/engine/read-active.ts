import type * as tf from '@tensorflow/tfjs-core';
import type { FeatureChanges } from '../../../pipeline/attribution/interventions.ts';
import { type ActiveFeatures, activeFeatures } from '../../../pipeline/attribution/recursion/active-features.ts';
import type { HostSae } from './sae-store.ts';

export interface EncodedLayer {
  readonly sae: HostSae;
  /** f [position, dSae] before features are changed. */
  readonly f: tf.Tensor;
  readonly changes: FeatureChanges | undefined;
}

/** Reads the active features of each layer back, as the changes leave them. */
export async function readActive(layers: readonly EncodedLayer[]): Promise<ReadonlyMap<number, ActiveFeatures>> {
  const active = new Map<number, ActiveFeatures>();
  for (const { sae, f, changes } of layers) {
    const dense = new Float32Array(await f.data());
    if (changes) applyChanges(dense, sae.dSae, changes);
    active.set(sae.layer, activeFeatures(dense, sae.dSae));
  }
  return active;
}

/** f' = factor·f + offset in place: dense [position, dSae]. */
function applyChanges(dense: Float32Array, dSae: number, { features, factor, offset }: FeatureChanges): void {
  factor.forEach((gain, i) => {
    const position = Math.floor(i / features.length);
    const at = position * dSae + features[i % features.length];
    dense[at] = gain * dense[at] + offset[i];
  });
}
