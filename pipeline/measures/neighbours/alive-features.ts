import type { LayerRecorder } from '../../record/layer-recorder.ts';
import type { Sae } from '../../sae/sae.ts';
import { aliveIn } from './alive-in.ts';

/** An SAE, and its features that were ever active. */
export interface AliveFeatures {
  readonly sae: Sae;
  readonly alive: readonly number[];
}

export function aliveFeatures(recorders: readonly Pick<LayerRecorder, 'sae' | 'top'>[]): AliveFeatures[] {
  return recorders.map((recorder) => ({ sae: recorder.sae, alive: aliveIn(recorder) }));
}
