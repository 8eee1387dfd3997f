import * as tf from '@tensorflow/tfjs-core';
import type { ActiveFeatures } from '../../../pipeline/attribution/recursion/active-features.ts';
import { denseComponents } from '../../../pipeline/attribution/recursion/components.ts';
import { unfeaturedParts } from '../../../pipeline/attribution/recursion/frozen-pass.ts';
import type { FrozenPrompt } from '../../../pipeline/attribution/recursion/frozen-prompt.ts';
import { normScale } from '../../../pipeline/model/norm.ts';
import type { Transformer } from '../../../pipeline/model/transformer.ts';
import { append } from '../../../pipeline/numbers/append.ts';
import { inputScale } from '../../../pipeline/sae/input-normalization.ts';
import { columnConstant, decoderBiasAt } from '../../../pipeline/sae/sae.ts';
import { decoderRows, encoderRows, type HostSae } from './sae-store.ts';
import { partsOf, type StoredPass } from './stored-pass.ts';

/** A kept pass as a frozen prompt: what was computed is taken, the SAE errors alone are added. */
export async function freeze(
  transformer: Transformer,
  saes: ReadonlyMap<number, HostSae>,
  pass: StoredPass,
): Promise<FrozenPrompt> {
  const length = pass.ids.length;
  const sae = (layer: number) => {
    const found = saes.get(layer);
    if (!found) throw new RangeError(`layer ${layer} has no SAE`);
    return found;
  };
  const inputScales = new Map([...saes.values()].flatMap((own) => scaleOf(own, pass)));
  const active = await inUnitsOfDecoder(pass.active, inputScales);
  const [components, ...layerTensors] = tf.tidy(() => [
    componentsOf(transformer, saes, pass, active),
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
    inputScale: (layer) => inputScales.get(layer)?.into,
    active,
    constant: (layer, feature) => constantOf(sae(layer), feature),
    dispose: () => tf.dispose([components, ...layerTensors, ...[...inputScales.values()].map(({ into }) => into)]),
  };
}

interface Scales {
  readonly into: tf.Tensor;
  readonly back: tf.Tensor;
}

/** An SAE's input scales along a pass, where it has any. */
function scaleOf({ layer, encoding }: HostSae, pass: StoredPass): [number, Scales][] {
  if (!encoding.normalization) return [];
  const [into, back] = tf.tidy(() => {
    const scale = inputScale(encoding.normalization, tf.squeeze(partsOf(pass, layer).z, [0]));
    return scale ? [scale.into, scale.back] : [];
  });
  return into && back ? [[layer, { into, back }]] : [];
}

/** Activations scaled back where z was scaled; disposes the scales that do it. */
async function inUnitsOfDecoder(
  active: ReadonlyMap<number, ActiveFeatures>,
  scales: ReadonlyMap<number, Scales>,
): Promise<ReadonlyMap<number, ActiveFeatures>> {
  const scaled = new Map(active);
  for (const [layer, { back }] of scales) {
    const [own, byPosition] = [active.get(layer), await back.data()];
    back.dispose();
    if (!own) continue;
    scaled.set(layer, {
      ...own,
      values: own.values.map((value, row) => value * (byPosition[own.sources[row] ?? 0] ?? 1)),
    });
  }
  return scaled;
}

/** bEnc_i − bDec·wEnc[:, i] of one feature. */
export function constantOf({ encoding, file, bEnc, bDec }: HostSae, feature: number): number {
  const column = file.columns('wEnc', Int32Array.of(feature));
  return columnConstant(encoding, column, bEnc[feature] ?? 0, bDec);
}

/** As denseComponents lists them: [component, position, dModel]. */
function componentsOf(
  transformer: Transformer,
  saes: ReadonlyMap<number, HostSae>,
  pass: StoredPass,
  allActive: ReadonlyMap<number, ActiveFeatures>,
): tf.Tensor {
  const { config } = transformer;
  const tokens = tf.tensor2d([...pass.ids], [1, pass.ids.length], 'int32');
  const parts = [...transformer.embeddingParts(tokens)];
  for (let layer = 0; layer < config.nLayers - 1; layer++) {
    const { z, written, mlp } = partsOf(pass, layer);
    const [sae, active] = [saes.get(layer), allActive.get(layer)];
    if (sae && active) {
      const bDec = decoderBiasAt(sae.encoding.normalization, tf.tensor1d(sae.bDec), tf.squeeze(z, [0]));
      const reconstruction = tf.add(writtenBy(sae, active, pass.ids.length), bDec);
      const { error, biases } = unfeaturedParts(transformer, layer, bDec, z, reconstruction);
      append(parts, [error, ...biases, mlp]);
    } else parts.push(written, mlp);
  }
  return tf.squeeze(tf.stack(parts), [1]);
}

/** f·wDec [position, dIn], of the active features' rows alone. */
function writtenBy(sae: HostSae, { features, sources, values }: ActiveFeatures, length: number): tf.Tensor {
  const distinct = Int32Array.from(new Set(features));
  if (distinct.length === 0) return tf.zeros([length, sae.dIn]);
  const column = new Map([...distinct].map((feature, i) => [feature, i]));
  const dense = new Float32Array(length * distinct.length);
  values.forEach((value, row) => {
    dense[(sources[row] ?? 0) * distinct.length + (column.get(features[row] ?? 0) ?? 0)] = value;
  });
  return tf.matMul(tf.tensor2d(dense, [length, distinct.length]), decoderRows(sae, distinct));
}
