import * as tf from '@tensorflow/tfjs-core';
import type { Transformer } from '../../model/transformer.ts';
import { inputScale } from '../../sae/input-normalization.ts';
import { columnConstant, decoderBiasAt } from '../../sae/sae.ts';
import type { SaeRows } from '../../sae/sae-rows.ts';
import { readScale, type Site, writeScale } from '../../sae/site.ts';
import type { ActiveFeatures } from './active-features.ts';
import { type Component, denseComponents } from './components.ts';
import { oneContext } from './contributions.ts';
import { type FrozenLayer, freezeLayer, type LayerPass, residualParts, siteActivations } from './frozen-pass.ts';

/** A prompt's forward pass, its tensors on the current backend, each of a batch of one. */
export interface PromptPass {
  readonly transformer: Transformer;
  readonly ids: readonly number[];
  /** Layers 0 … last. */
  readonly layers: readonly LayerPass[];
  /** Of each layer that has an SAE, as it encodes. */
  readonly active: ReadonlyMap<number, ActiveFeatures>;
}

/** One prompt's forward pass, held on the backend so that any of its features can be explained. */
export interface FrozenPrompt {
  readonly transformer: Transformer;
  readonly length: number;
  /** Columns wEnc[:, i] of a layer's features as rows [feature, dIn]. Throws RangeError when the layer has no SAE. */
  encoderRows(layer: number, features: Int32Array): tf.Tensor2D;
  /** Rows wDec[i] [feature, dIn]. Throws RangeError when the layer has no SAE. */
  decoderRows(layer: number, features: Int32Array): tf.Tensor2D;
  /** Pattern [head, t, s] and scale [source, 1] of layers 0 … last. */
  readonly layers: readonly FrozenLayer[];
  /** [component, source, dModel], of which the first denseBelow(layer).length enter a layer, and all leave the last. */
  readonly components: tf.Tensor;
  /** z of layers 0 … last: [position, dIn] each. */
  readonly z: readonly tf.Tensor[];
  /** The residual stream after the last of these layers: [position, dModel]. */
  readonly residual: tf.Tensor;
  denseBelow(layer: number): readonly Component[];
  /** Where the SAE of a layer stands. Throws RangeError when the layer has none. */
  site(layer: number): Site;
  /** The readScale of a layer's SAE, [position, 1], where it has one. */
  readScale(layer: number): tf.Tensor | undefined;
  /** Features active in each layer that has an SAE, their values times its writeScale where it has one. */
  readonly active: ReadonlyMap<number, ActiveFeatures>;
  /** bEnc_i − bDec·wEnc[:, i] of a feature, or bEnc_i where its SAE does not subtract bDec. */
  constant(layer: number, feature: number): number;
  dispose(): void;
}

/** Freezes a pass: what it computed is taken, the SAE errors alone are added. */
export async function freezePrompt(pass: PromptPass, saes: ReadonlyMap<number, SaeRows>): Promise<FrozenPrompt> {
  const { transformer, ids } = pass;
  const sae = (layer: number) => {
    const found = saes.get(layer);
    if (!found) throw new RangeError(`layer ${layer} has no SAE`);
    return found;
  };
  const readScales = scalesOf(pass, saes, readScale);
  const active = await asWritten(pass, saes);
  const { components, layers, z, residual } = tf.tidy(() => ({
    components: componentsOf(pass, saes),
    layers: pass.layers.map((layer, i) => ({ ...oneContext(freezeLayer(transformer, i, layer), 0) })),
    z: pass.layers.map((layer) => tf.squeeze(layer.z, [0])),
    residual: streamAfter(pass.layers),
  }));
  return {
    transformer,
    length: ids.length,
    encoderRows: (layer, features) => rowsOf(sae(layer), features, sae(layer).encoderRows(features)),
    decoderRows: (layer, features) => rowsOf(sae(layer), features, sae(layer).decoderRows(features)),
    layers,
    components,
    z,
    residual,
    denseBelow: (layer) => denseComponents(transformer.config, layer, (lower) => saes.get(lower)?.site),
    site: (layer) => sae(layer).site,
    readScale: (layer) => readScales.get(layer),
    active,
    constant: (layer, feature) => constantOf(sae(layer), feature),
    dispose: () => {
      tf.dispose([components, residual, ...z, ...layers.flatMap(({ pattern, scale }) => [pattern, scale])]);
      tf.dispose([...readScales.values()]);
    },
  };
}

/** The residual stream after some layers: [position, dModel]. */
function streamAfter(layers: readonly LayerPass[]): tf.Tensor {
  const last = layers.at(-1);
  if (!last) throw new RangeError('a prompt without layers');
  return tf.squeeze(tf.add(tf.add(last.residual, last.attention), last.mlp), [0]);
}

/** By layer, what multiplies the reads or the writes of its SAE at each position, [position, 1], where something does. */
function scalesOf(
  { transformer, layers }: PromptPass,
  saes: ReadonlyMap<number, SaeRows>,
  scale: typeof readScale | typeof writeScale,
): ReadonlyMap<number, tf.Tensor> {
  const scales = new Map<number, tf.Tensor>();
  for (const [layer, { z }] of layers.entries()) {
    const sae = saes.get(layer);
    if (!sae) continue;
    const place = { site: sae.site, normalization: sae.encoding.normalization };
    const own = tf.tidy(() => scale(transformer.layer(layer), place, () => tf.squeeze(z, [0])));
    if (own) scales.set(layer, own);
  }
  return scales;
}

/** Activations times what their features' writes are multiplied by at each position. */
async function asWritten(pass: PromptPass, saes: ReadonlyMap<number, SaeRows>): Promise<PromptPass['active']> {
  const active = new Map(pass.active);
  for (const [layer, scale] of scalesOf(pass, saes, writeScale)) {
    const [own, byPosition] = [active.get(layer), await scale.data()];
    scale.dispose();
    if (!own) continue;
    const values = own.values.map((value, row) => value * byPosition[own.sources[row]]);
    active.set(layer, { ...own, values });
  }
  return active;
}

/** bEnc_i − bDec·wEnc[:, i] of one feature. */
export function constantOf({ encoding, encoderRows, bEnc, bDec }: SaeRows, feature: number): number {
  return columnConstant(encoding, encoderRows(Int32Array.of(feature)), bEnc[feature], bDec);
}

const rowsOf = ({ dIn }: SaeRows, features: Int32Array, rows: Float32Array) =>
  tf.tensor2d(rows, [features.length, dIn]);

/** As denseComponents lists them: [component, position, dModel]. */
function componentsOf({ transformer, ids, layers, active }: PromptPass, saes: ReadonlyMap<number, SaeRows>): tf.Tensor {
  const tokens = tf.tensor2d([...ids], [1, ids.length], 'int32');
  const parts = residualParts(transformer, tokens, layers, (layer, pass) => {
    const [sae, own] = [saes.get(layer), active.get(layer)];
    if (!sae || !own) return undefined;
    const x = tf.squeeze(siteActivations(transformer.layer(layer), sae.site, pass), [0]);
    const { normalization } = sae.encoding;
    const bDec = decoderBiasAt(normalization, tf.tensor1d(sae.bDec), x);
    const decoded = writtenBy(sae, own, ids.length);
    const back = inputScale(normalization, x)?.back;
    return { site: sae.site, x: tf.add(back ? tf.mul(decoded, back) : decoded, bDec), bDec };
  });
  return tf.squeeze(parts, [1]);
}

/** f·wDec [position, dIn], of the active features' rows alone. */
function writtenBy(sae: SaeRows, { features, sources, values }: ActiveFeatures, length: number): tf.Tensor {
  const distinct = Int32Array.from(new Set(features));
  if (distinct.length === 0) return tf.zeros([length, sae.dIn]);
  const column = new Map([...distinct].map((feature, i) => [feature, i]));
  const dense = new Float32Array(length * distinct.length);
  values.forEach((value, row) => {
    dense[sources[row] * distinct.length + (column.get(features[row]) ?? 0)] = value;
  });
  return tf.matMul(tf.tensor2d(dense, [length, distinct.length]), rowsOf(sae, distinct, sae.decoderRows(distinct)));
}
