import { silentEffects } from '../../../pipeline/effects.ts';
import { createEngine } from '../../../pipeline/engine/index.ts';
import { measureQuality } from '../../../pipeline/measures/quality/quality.ts';
import type { Model, ModelConfig } from '../../../pipeline/model/model.ts';
import { seededRandom } from '../../../pipeline/numbers/seeded-random.ts';
import { float32, int32 } from '../../../pipeline/numbers/tensor.ts';
import { contextsInMemory } from '../../../pipeline/record/contexts-in-memory.ts';
import { forwardProgram, placeName } from '../../../pipeline/record/programs.ts';
import { wholeRun } from '../../../pipeline/record/sample.ts';
import type { Sae } from '../../../pipeline/sae/sae.ts';
import { initialState, weightsOf } from '../../../pipeline/training/lm-state.ts';
import { gpt2Conventions } from '../../model/gpt2-conventions.ts';

export const config: ModelConfig = {
  ...gpt2Conventions,
  nLayers: 2,
  nHeads: 2,
  nKvHeads: 2,
  dHead: 4,
  dModel: 8,
  dMlp: 32,
  nContext: 12,
  vocabSize: 20,
  bosTokenId: 19,
  eosTokenId: 19,
  tiedEmbedding: true,
};
export const dIn = 8;
export const context = 12;
const random = seededRandom(3);
export const contexts = Array.from({ length: 7 }, () =>
  Int32Array.from({ length: context }, (_, i) => (i === 0 ? 19 : Math.floor(random() * 19))),
);

/** Weights large enough that what attention writes matters to the loss. */
export function tinyModel(): Model {
  const weights = weightsOf(config, initialState(config, 1));
  for (const [name, { data }] of Object.entries(weights)) {
    if (/^embedding|(query|key|value|output|out)\.weight$/.test(name)) data.set(data.map((value) => value * 25));
  }
  return { config, weights };
}

/** An SAE of 2·dIn features: z's positive parts, then its negative parts. */
export function identitySae(layer: number): Sae {
  const wEnc = float32([dIn, 2 * dIn]);
  const wDec = float32([2 * dIn, dIn]);
  for (let d = 0; d < dIn; d++) {
    for (const [feature, sign] of [
      [d, 1],
      [dIn + d, -1],
    ] as const) {
      wEnc.data[d * 2 * dIn + feature] = sign;
      wDec.data[feature * dIn + d] = sign;
    }
  }
  const zeros = { bEnc: float32([2 * dIn]), bDec: float32([dIn]) };
  const place = { id: String(layer), layer, site: 'z' } as const;
  const shape = { ...place, dIn, dSae: 2 * dIn, activation: { kind: 'relu' }, subtractDecoderBias: true } as const;
  return { ...shape, ...zeros, wEnc, wDec, source: 'identity' };
}

/** An SAE no feature of which is ever active: ẑ = bDec. */
export const silentSae = (layer: number, bDec = float32([dIn])): Sae => ({
  ...identitySae(layer),
  bEnc: float32([2 * dIn], new Float32Array(2 * dIn).fill(-1e6)),
  bDec,
});

/** Its features need 0.1 of z to be active. */
export const lossySae: Sae = { ...identitySae(1), bEnc: float32([2 * dIn], new Float32Array(2 * dIn).fill(-0.1)) };

export async function measure(saes: Sae[], { batch = 3, of = contexts, groupBytes = 2 ** 29 } = {}) {
  const engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
  const sample = wholeRun(contextsInMemory(of, context));
  return measureQuality({ engine, model: tinyModel(), saes, sample, batch, groupBytes, effects: silentEffects() });
}

export const allTokens = () => int32([contexts.length, context], new Int32Array(contexts.flatMap((row) => [...row])));

/** z of a layer, [context · position, dIn], by way of the plain forward pass. */
export async function zOf(layer: number): Promise<Float32Array> {
  const engine = await createEngine({ backend: 'onnx-cpu', threads: 1 });
  const shape = { batch: contexts.length, length: context };
  const forward = await engine.compile(forwardProgram(tinyModel(), [{ layer, site: 'z' }], shape));
  return (await forward({ tokens: allTokens() })).places[placeName({ layer, site: 'z' })].data;
}

/** The mean z of a layer over positions 1…. */
export async function meanZ(layer: number) {
  const mean = new Float64Array(dIn);
  const counted = contexts.length * (context - 1);
  (await zOf(layer)).forEach((value, i) => {
    if (Math.floor(i / dIn) % context > 0) mean[i % dIn] = (mean[i % dIn] ?? 0) + value / counted;
  });
  return float32([dIn], Float32Array.from(mean));
}
