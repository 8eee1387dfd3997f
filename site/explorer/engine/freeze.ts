import * as tf from '@tensorflow/tfjs-core';
import type { ActiveFeatures } from '../../../pipeline/attribution/recursion/active-features.ts';
import { denseComponents } from '../../../pipeline/attribution/recursion/components.ts';
import { unfeaturedParts } from '../../../pipeline/attribution/recursion/frozen-pass.ts';
import type { FrozenPrompt } from '../../../pipeline/attribution/recursion/frozen-prompt.ts';
import { normScale } from '../../../pipeline/model/norm.ts';
import type { Transformer } from '../../../pipeline/model/transformer.ts';
import { append } from '../../../pipeline/numbers/append.ts';
import { columnConstant } from '../../../pipeline/sae/sae.ts';
import { decoderRows, encoderRows, type HostSae } from './sae-store.ts';
import { partsOf, type StoredPass } from './stored-pass.ts';

/** A kept pass as a frozen prompt: what was computed is taken, the SAE errors alone are added. */
export function freeze(transformer: Transformer, saes: ReadonlyMap<number, HostSae>, pass: StoredPass): FrozenPrompt {
  const length = pass.ids.length;
  const sae = (layer: number) => {
    const found = saes.get(layer);
    if (!found) throw new RangeError(`layer ${layer} has no SAE`);
    return found;
  };
  const [components, ...layerTensors] = tf.tidy(() => [
    componentsOf(transformer, saes, pass),
    ...pass.layers.flatMap(({ pattern }, layer) => [
      tf.squeeze(pattern, [0]),
      tf.reshape(normScale(transformer.layer(layer).attentionNorm, partsOf(pass, layer).residual), [length, 1]),
    ]),
  ]);
  if (!components) throw new Error('unreachable: components were computed');
  const tensorAt = (i: number) => layerTensors[i] ?? components;
  return {
    transformer,
    length,
    encoderRows: (layer, features) => encoderRows(sae(layer), features),
    decoderRows: (layer, features) => decoderRows(sae(layer), features),
    layers: pass.layers.map((_, layer) => ({ pattern: tensorAt(2 * layer), scale: tensorAt(2 * layer + 1) })),
    components,
    denseBelow: (layer) => denseComponents(transformer.config, layer, (lower) => saes.has(lower)),
    active: pass.active,
    constant: (layer, feature) => constantOf(sae(layer), feature),
    dispose: () => tf.dispose([components, ...layerTensors]),
  };
}

/** bEnc_i − bDec·wEnc[:, i] of one feature. */
export function constantOf({ encoding, file, bEnc, bDec }: HostSae, feature: number): number {
  const column = file.columns('wEnc', Int32Array.of(feature));
  return columnConstant(encoding, column, bEnc[feature] ?? 0, bDec);
}

/** As denseComponents lists them: [component, position, dModel]. */
function componentsOf(transformer: Transformer, saes: ReadonlyMap<number, HostSae>, pass: StoredPass): tf.Tensor {
  const { config } = transformer;
  const tokens = tf.tensor2d([...pass.ids], [1, pass.ids.length], 'int32');
  const parts = [...transformer.embeddingParts(tokens)];
  for (let layer = 0; layer < config.nLayers - 1; layer++) {
    const { z, written, mlp } = partsOf(pass, layer);
    const [sae, active] = [saes.get(layer), pass.active.get(layer)];
    if (sae && active) {
      const reconstruction = decodeActive(sae, active, pass.ids.length);
      const { error, biases } = unfeaturedParts(transformer, layer, tf.tensor1d(sae.bDec), z, reconstruction);
      append(parts, [error, ...biases, mlp]);
    } else parts.push(written, mlp);
  }
  return tf.squeeze(tf.stack(parts), [1]);
}

/** ẑ = f·wDec + bDec [position, dIn], of the active features' rows alone. */
function decodeActive(sae: HostSae, { features, sources, values }: ActiveFeatures, length: number): tf.Tensor {
  const distinct = Int32Array.from(new Set(features));
  if (distinct.length === 0) return tf.broadcastTo(tf.tensor1d(sae.bDec), [length, sae.dIn]);
  const column = new Map([...distinct].map((feature, i) => [feature, i]));
  const dense = new Float32Array(length * distinct.length);
  values.forEach((value, row) => {
    dense[(sources[row] ?? 0) * distinct.length + (column.get(features[row] ?? 0) ?? 0)] = value;
  });
  const decoded = tf.matMul(tf.tensor2d(dense, [length, distinct.length]), decoderRows(sae, distinct));
  return tf.add(decoded, tf.tensor1d(sae.bDec));
}
