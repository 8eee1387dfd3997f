import type { LayerRecorder } from '../../record/layer-recorder.ts';

/** Features of an SAE that were ever active, ascending. */
export function aliveIn({ sae, top }: Pick<LayerRecorder, 'sae' | 'top'>): number[] {
  return Array.from({ length: sae.dSae }, (_, feature) => feature).filter((feature) => top.of(feature).length > 0);
}
