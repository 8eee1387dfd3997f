import { randomNormal, seededRandom } from '../../../../numbers/seeded-random.ts';
import { float32 } from '../../../../numbers/tensor.ts';
import type { Sae } from '../../../../sae/sae.ts';
import { type PlantedFeature, plantedFeatures } from './features.ts';
import { type PlantedLayout, type PlantedOptions, plantedLayout } from './layout.ts';

/** SAEs whose encoders and decoders read and write what the planted features say, with noise; one a layer. */
export function plantedSaes(options: PlantedOptions): Sae[] {
  const layout = plantedLayout(options);
  return plantedFeatures(options).map((features, layer) => plantedSae(features, layer, layout, options));
}

function plantedSae(
  features: readonly PlantedFeature[],
  layer: number,
  { dModel, dHead }: PlantedLayout,
  { seed, saeNoise }: PlantedOptions,
): Sae {
  const dSae = features.length;
  const random = seededRandom(seed, 4, layer);
  const deviation = saeNoise / Math.sqrt(dModel);
  const noisy = (size: number) => Float32Array.from({ length: size }, () => deviation * randomNormal(random));
  const wEnc = float32([dModel, dSae], noisy(dModel * dSae));
  const wDec = float32([dSae, dModel], noisy(dModel * dSae));
  for (const [feature, { reads }] of features.entries()) {
    for (const { head, dim, weight } of reads) {
      const z = head * dHead + dim;
      wEnc.data[z * dSae + feature] = weight;
      wDec.data[feature * dModel + z] = weight;
    }
  }
  const bEnc = float32(
    [dSae],
    Float32Array.from(features, ({ bias }) => bias),
  );
  return {
    ...{ id: String(layer), layer, site: 'z' as const, dIn: dModel, dSae, wEnc, bEnc, wDec, bDec: float32([dModel]) },
    activation: { kind: 'relu' },
    subtractDecoderBias: false,
    source: 'made by hand',
  };
}
