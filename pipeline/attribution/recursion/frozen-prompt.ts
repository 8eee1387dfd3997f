import * as tf from '@tensorflow/tfjs-core';
import type { Transformer } from '../../model/transformer.ts';
import { inputScale } from '../../sae/input-normalization.ts';
import { encoderConstant } from '../../sae/sae.ts';
import { type ActiveFeatures, activeFeatures } from './active-features.ts';
import { type Component, denseComponents } from './components.ts';
import { oneContext } from './contributions.ts';
import { type FrozenLayer, frozenPass, type LoadedSaes } from './frozen-pass.ts';

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
  /** [component, source, dModel], of which the first denseBelow(layer).length enter a layer. */
  readonly components: tf.Tensor;
  denseBelow(layer: number): readonly Component[];
  /** What the SAE of a layer multiplies each position's z by, [position, 1], where it scales it. */
  inputScale(layer: number): tf.Tensor | undefined;
  /** Features active in each layer below last that has an SAE, in units of wDec: scaled back where z is scaled. */
  readonly active: ReadonlyMap<number, ActiveFeatures>;
  /** bEnc_i − bDec·wEnc[:, i] of a feature, or bEnc_i where its SAE does not subtract bDec. */
  constant(layer: number, feature: number): number;
  dispose(): void;
}

/** Runs a prompt up to the attention of layer `last` (the model's last when left out) and freezes what it did. */
export async function freezePrompt(
  transformer: Transformer,
  saes: LoadedSaes,
  tokens: ArrayLike<number>,
  last = transformer.config.nLayers - 1,
): Promise<FrozenPrompt> {
  const length = tokens.length;
  const scaled = [...saes.keys()].filter((layer) => layer <= last && saes.get(layer)?.sae.normalization !== undefined);
  const [components, patterns, scales, activations, inputScales] = tf.tidy((): [tf.Tensor, ...tf.Tensor[][]] => {
    const pass = frozenPass(transformer, saes, tf.tensor2d(Int32Array.from(tokens), [1, length], 'int32'), last);
    const layers = pass.layers.map((layer) => oneContext(layer, 0));
    return [
      tf.squeeze(pass.components, [1]),
      layers.map(({ pattern }) => pattern),
      layers.map(({ scale }) => scale),
      [...pass.activations.values()],
      scaled.map((layer) => scaleOf(saes, layer, pass.z[layer])),
    ];
  });
  if (!patterns || !scales || !activations || !inputScales) throw new Error('unreachable: all were computed');
  const active = await readActive(
    activations,
    [...saes.keys()].toSorted((a, b) => a - b),
  );
  tf.dispose(activations);
  const sae = (layer: number) => {
    const found = saes.get(layer);
    if (!found) throw new RangeError(`layer ${layer} has no SAE`);
    return found;
  };
  const constants = new Map<number, Float32Array>();
  return {
    transformer,
    length,
    encoderRows: (layer, features) => rowsOf(tf.transpose(sae(layer).tensors.wEnc), features),
    decoderRows: (layer, features) => rowsOf(sae(layer).tensors.wDec, features),
    layers: patterns.map((pattern, layer) => ({ pattern, scale: scales[layer] ?? pattern })),
    components,
    denseBelow: (layer) => denseComponents(transformer.config, layer, (lower) => saes.has(lower)),
    inputScale: (layer) => inputScales[scaled.indexOf(layer)],
    active,
    constant(layer, feature) {
      const own = constants.get(layer) ?? encoderConstant(sae(layer).sae).data;
      constants.set(layer, own);
      return own[feature] ?? 0;
    },
    dispose: () => tf.dispose([components, ...patterns, ...scales, ...inputScales]),
  };
}

/** The input scale of one context's z [1, position, dIn] by a layer's SAE. */
function scaleOf(saes: LoadedSaes, layer: number, z: tf.Tensor | undefined): tf.Tensor {
  const scale = z && inputScale(saes.get(layer)?.sae.normalization, tf.squeeze(z, [0]));
  if (!scale) throw new Error(`the SAE of layer ${layer} scales nothing`);
  return scale.into;
}

const rowsOf = (matrix: tf.Tensor, rows: Int32Array) => tf.gather(matrix as tf.Tensor2D, tf.tensor1d(rows, 'int32'));

/** The active features of each f [position, dSae]; layers, ascending, are at least as many. */
async function readActive(all: readonly tf.Tensor[], layers: readonly number[]) {
  const active = new Map<number, ActiveFeatures>();
  for (const [i, f] of all.entries()) {
    const layer = layers[i];
    if (layer !== undefined) active.set(layer, activeFeatures(new Float32Array(await f.data()), f.shape[1] ?? 1));
  }
  return active;
}
