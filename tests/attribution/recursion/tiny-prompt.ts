import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs';
import type { LoadedSae, LoadedSaes } from '../../../pipeline/attribution/recursion/frozen-pass.ts';
import { gpt2 } from '../../../pipeline/model/families/gpt2.ts';
import { checkpointShapes, weightsFrom } from '../../../pipeline/model/family.ts';
import type { ModelConfig } from '../../../pipeline/model/model.ts';
import { Transformer } from '../../../pipeline/model/transformer.ts';
import { seededRandom } from '../../../pipeline/numbers/seeded-random.ts';
import { type FloatTensor, float32, sizeOf } from '../../../pipeline/numbers/tensor.ts';
import { centreColumns } from '../../../pipeline/sae/centre-columns.ts';
import type { InputNormalization } from '../../../pipeline/sae/input-normalization.ts';
import { type Sae, type SaeActivation, saeTensors, saeWeights } from '../../../pipeline/sae/sae.ts';
import type { Site } from '../../../pipeline/sae/site.ts';
import { gpt2Conventions } from '../../model/gpt2-conventions.ts';

/** A random GPT-2 of four layers whose every weight matters, LayerNorm gains and biases among them. */
export const tinyConfig: ModelConfig = {
  ...gpt2Conventions,
  nLayers: 4,
  nHeads: 3,
  nKvHeads: 3,
  dHead: 4,
  dModel: 12,
  dMlp: 24,
  nContext: 16,
  vocabSize: 20,
  bosTokenId: 19,
  eosTokenId: 19,
  tiedEmbedding: true,
};

export const tinyTokens = [19, 3, 7, 1, 3, 7, 12, 0, 5];

const dSae = 30;

export const onBackend = ({ shape, data }: { shape: readonly number[]; data: Float32Array }) =>
  tf.tensor(data, [...shape]);

export async function tinyTransformer(): Promise<Transformer> {
  await tf.setBackend('cpu');
  const random = seededRandom(5);
  const checkpoint = Object.entries(checkpointShapes(gpt2, tinyConfig)).map(([name, shape]) => {
    const gain = /ln_..weight/.test(name) ? 1 : 0;
    const data = Float32Array.from({ length: sizeOf(shape) }, () => gain + (random() - 0.5) * 1.2);
    return [name, float32(shape, data)] as const;
  });
  const weights = Object.entries(weightsFrom(gpt2, tinyConfig, Object.fromEntries(checkpoint)));
  return new Transformer(tinyConfig, Object.fromEntries(weights.map(([name, tensor]) => [name, onBackend(tensor)])));
}

export const activationKinds: Record<SaeActivation['kind'], SaeActivation> = {
  relu: { kind: 'relu' },
  jumprelu: { kind: 'jumprelu', threshold: float32([dSae], new Float32Array(dSae).fill(0.2)) },
  topk: { kind: 'topk', k: 6 },
};

function randomSae(layer: number, activation: SaeActivation, site: Site, normalization?: InputNormalization): Sae {
  const random = seededRandom(100 + layer);
  const filled = (...shape: number[]) =>
    float32(
      shape,
      Float32Array.from({ length: sizeOf(shape) }, () => (random() - 0.5) * 0.8),
    );
  const weights = { wEnc: filled(12, dSae), bEnc: filled(dSae), wDec: filled(dSae, 12), bDec: filled(12) };
  if (normalization === 'layer_norm') centreColumns(weights.wEnc);
  const place = { id: String(layer), layer, site };
  const encoding = { activation, normalization, subtractDecoderBias: layer % 2 === 0 };
  return { ...place, dIn: 12, dSae, ...encoding, ...weights, source: 'random' };
}

function load(sae: Sae): LoadedSae {
  const weights = Object.entries(saeWeights(sae)).map(([name, tensor]) => [name, onBackend(tensor)] as const);
  return { sae, tensors: saeTensors(sae, Object.fromEntries(weights)) };
}

export function tinySaes(
  layers: readonly number[],
  activation: SaeActivation = { kind: 'relu' },
  normalization?: InputNormalization,
  site: Site = 'z',
): LoadedSaes {
  return new Map(layers.map((layer) => [layer, load(randomSae(layer, activation, site, normalization))]));
}

/** SAEs of layers of their own on the current backend. */
export const loadAll = (saes: readonly Sae[]): LoadedSaes => new Map(saes.map((sae) => [sae.layer, load(sae)]));

/** A transformer's weights read back. */
export async function hostWeights({ weights }: Transformer): Promise<Record<string, FloatTensor>> {
  const read = Object.entries(weights).map(async ([name, tensor]) => {
    return [name, float32(tensor.shape, Float32Array.from(await tensor.data()))] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

/** A tensor's numbers, nested as its shape is. Throws where there is none. */
export function nested<R extends tf.Rank>(tensor: tf.Tensor | undefined, rank: R) {
  if (`R${tensor?.rank}` !== rank) throw new Error(`expected a tensor of ${rank}, got ${tensor?.shape}`);
  return (tensor as tf.Tensor<R>).arraySync();
}
