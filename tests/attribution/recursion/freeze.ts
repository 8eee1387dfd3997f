import * as tf from '@tensorflow/tfjs-core';
import { type ActiveFeatures, activeFeatures } from '../../../pipeline/attribution/recursion/active-features.ts';
import {
  type LayerPass,
  type LoadedSae,
  type LoadedSaes,
  siteActivations,
} from '../../../pipeline/attribution/recursion/frozen-pass.ts';
import { type FrozenPrompt, freezePrompt } from '../../../pipeline/attribution/recursion/frozen-prompt.ts';
import type { Layer } from '../../../pipeline/model/layer.ts';
import { runLayers, type Transformer } from '../../../pipeline/model/transformer.ts';
import { encode, type Sae } from '../../../pipeline/sae/sae.ts';
import type { SaeRows } from '../../../pipeline/sae/sae-rows.ts';

/** Runs a prompt by the plain forward pass on tfjs's current backend, and freezes it as the explorer does. */
export function freeze(transformer: Transformer, saes: LoadedSaes, ids: readonly number[]): Promise<FrozenPrompt> {
  const layers: LayerPass[] = [];
  const active = new Map<number, ActiveFeatures>();
  runLayers(transformer, transformer.embed(tf.tensor2d([...ids], [1, ids.length], 'int32')), {
    visit: ({ layer, residual, state: { pattern }, z, attention, mlp }) => {
      const pass = { residual, pattern, z, attention, mlp };
      layers.push(pass);
      const loaded = saes.get(layer);
      if (loaded) active.set(layer, activeIn(transformer.layer(layer), loaded, pass));
    },
  });
  const rows = [...saes].map(([layer, { sae }]) => [layer, saeRows(sae)] as const);
  return freezePrompt({ transformer, ids, layers, active }, new Map(rows));
}

function activeIn(layer: Layer, { sae, tensors }: LoadedSae, pass: LayerPass): ActiveFeatures {
  const f = encode(sae, tensors, tf.reshape(siteActivations(layer, sae.site, pass), [-1, sae.dIn]));
  return activeFeatures(Float32Array.from(f.dataSync()), sae.dSae);
}

function saeRows(sae: Sae): SaeRows {
  const { site, dIn, dSae, wEnc, wDec, bEnc, bDec } = sae;
  const pick = (features: Int32Array, weight: (feature: number, d: number) => number | undefined) =>
    Float32Array.from(
      [...features].flatMap((feature) => Array.from({ length: dIn }, (_, d) => weight(feature, d) ?? Number.NaN)),
    );
  return {
    site,
    dIn,
    encoding: sae,
    bEnc: bEnc.data,
    bDec: bDec.data,
    encoderRows: (features) => pick(features, (feature, d) => wEnc.data[d * dSae + feature]),
    decoderRows: (features) => pick(features, (feature, d) => wDec.data[feature * dIn + d]),
  };
}
