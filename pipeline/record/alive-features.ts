import type { Sae } from '../sae/sae.ts';
import type { LayerRecorder } from './layer-recorder.ts';

/** An SAE, and its features that were ever active, ascending. */
export interface AliveFeatures {
  readonly sae: Sae;
  readonly alive: readonly number[];
}

export function aliveFeatures({ sae, top }: Pick<LayerRecorder, 'sae' | 'top'>): AliveFeatures {
  const features = Array.from({ length: sae.dSae }, (_, feature) => feature);
  return { sae, alive: features.filter((feature) => top.isAlive(feature)) };
}
