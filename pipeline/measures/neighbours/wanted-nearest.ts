import { aliveFeatures } from '../../record/alive-features.ts';
import type { LayerRecorder } from '../../record/layer-recorder.ts';
import type { Sae } from '../../sae/sae.ts';
import type { WantedNearest } from '../quality/decoder-similarity.ts';

/** What of each SAE's decoder is to be compared for the neighbours of its features, `count` of each. */
export const wantedNearest =
  (recorders: readonly Pick<LayerRecorder, 'sae' | 'top'>[], count: number) =>
  (sae: Sae): WantedNearest => {
    const recorder = recorders.find((own) => own.sae.id === sae.id);
    if (!recorder) throw new Error(`nothing was recorded of sae ${sae.id}`);
    return { alive: count > 0 ? aliveFeatures(recorder).alive : [], count };
  };
