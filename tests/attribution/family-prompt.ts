import * as tf from '@tensorflow/tfjs-core';
import type { LoadedSaes } from '../../pipeline/attribution/recursion/frozen-pass.ts';
import { loadModel } from '../../pipeline/files/model/model-dir.ts';
import type { ModelConfig } from '../../pipeline/model/model.ts';
import { Transformer } from '../../pipeline/model/transformer.ts';
import { seededRandom } from '../../pipeline/numbers/seeded-random.ts';
import { float32, sizeOf } from '../../pipeline/numbers/tensor.ts';
import type { Sae } from '../../pipeline/sae/sae.ts';
import type { Site } from '../../pipeline/sae/site.ts';
import { familyFolder } from '../model/family-cases.ts';
import { loadAll, onBackend } from './recursion/tiny-prompt.ts';

export const familyDSae = 16;

/** A family's fixture on tfjs's plain CPU backend. */
export async function familyTransformer(name: string): Promise<Transformer> {
  await tf.setBackend('cpu');
  const { config, weights } = await loadModel(familyFolder(name));
  const loaded = Object.entries(weights).map(([tensor, value]) => [tensor, onBackend(value)] as const);
  return new Transformer(config, Object.fromEntries(loaded));
}

/** Random SAEs. Every other layer has none, so that whole attention outputs are among the components; the last has one. */
export function familySaes(config: ModelConfig, site: Site): LoadedSaes {
  const layers = Array.from({ length: config.nLayers }, (_, layer) => layer).filter((layer) => layer % 3 !== 1);
  return loadAll([...layers, config.nLayers - 1].map((layer) => randomSae(config, layer, site)));
}

/** A random SAE of a layer; its first bias makes features active. */
function randomSae({ nHeads, dHead, dModel }: ModelConfig, layer: number, site: Site): Sae {
  const dIn = site === 'z' ? nHeads * dHead : dModel;
  const dSae = familyDSae;
  const random = seededRandom(300 + layer);
  const filled = (shape: number[], scale: number) =>
    float32(
      shape,
      Float32Array.from({ length: sizeOf(shape) }, () => (random() - 0.5) * scale),
    );
  return {
    ...{ id: String(layer), layer, site, dIn, dSae, activation: { kind: 'relu' }, subtractDecoderBias: true },
    ...{
      wEnc: filled([dIn, dSae], 1),
      bEnc: filled([dSae], 0.5),
      wDec: filled([dSae, dIn], 1),
      bDec: filled([dIn], 0.3),
    },
    source: 'random',
  };
}
