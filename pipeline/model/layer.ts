import * as tf from '@tensorflow/tfjs-core';
import { type AttentionState, attend, type QueryKeyValue } from './attention.ts';
import { applyMap, type LinearMap, repeatHeads } from './linear-map.ts';
import type { ModelConfig } from './model.ts';
import { type Norm, normalize } from './norm.ts';
import { activate, splitHeads } from './ops.ts';
import { type Positions, rotate, wholeContext } from './rotary.ts';
import { layerPrefix } from './tensors.ts';

/** Weights on a tfjs backend, by the names of `tensorShapes`. */
export type Weights = Readonly<Record<string, tf.Tensor>>;

/** What attention reads the normalised residual stream by, each [dModel, nHeads·dHead], head-major. */
export interface AttentionMaps {
  /** With the 1/√dHead. */
  readonly query: LinearMap;
  /** Groups' keys and values repeated for each head that reads them. */
  readonly key: LinearMap;
  readonly value: LinearMap;
}

/** What a layer adds to the residual stream, and the stream after it: [batch, position, dModel] each. */
export interface LayerOutput {
  readonly attention: tf.Tensor;
  readonly mlp: tf.Tensor;
  readonly next: tf.Tensor;
}

/** One layer of a transformer, bound to its weights. */
export class Layer {
  readonly index: number;
  readonly #config: ModelConfig;
  readonly #weights: Weights;

  constructor(config: ModelConfig, weights: Weights, index: number) {
    this.index = index;
    this.#config = config;
    this.#weights = weights;
  }

  /** The normalisation before attention. */
  get attentionNorm(): Norm {
    return normOf(this.#config, this.#weights, `${layerPrefix(this.index, 'attention')}norm`);
  }

  get maps(): AttentionMaps {
    const { nHeads, nKvHeads } = this.#config;
    const { weight, bias } = this.#map('query');
    const scale = this.#queryScale;
    return {
      query: { weight: tf.mul(weight, scale), bias: bias && tf.mul(bias, scale) },
      key: repeatHeads(this.#map('key'), nKvHeads, nHeads),
      value: repeatHeads(this.#map('value'), nKvHeads, nHeads),
    };
  }

  /** W_O [nHeads·dHead, dModel], head-major, and b_O [dModel]. */
  get output(): LinearMap {
    return this.#map('output');
  }

  /** c [nHeads·dHead] of a layer whose value bias is folded, which `finish` adds to z; of others nothing. */
  get foldedBias(): tf.Tensor | undefined {
    return this.#weights[`${layerPrefix(this.index, 'attention')}folded_bias`];
  }

  /** Of a residual stream [batch, position, dModel] whose rows are at `positions`. */
  queryKeyValue(residual: tf.Tensor, positions: Positions): QueryKeyValue {
    const { nHeads, nKvHeads, rotary } = this.#config;
    const x = normalize(this.attentionNorm, residual);
    const heads = (name: string, count: number) => splitHeads(applyMap(this.#map(name), x), count);
    const turned = (y: tf.Tensor) => (rotary ? rotate(rotary, y, positions) : y);
    const each = (y: tf.Tensor) => repeatAxis(y, nHeads / nKvHeads);
    return {
      query: turned(tf.mul(heads('query', nHeads), this.#queryScale)),
      key: each(turned(heads('key', nKvHeads))),
      value: each(heads('value', nKvHeads)),
    };
  }

  /** Attention over a whole context: its first row is at position 0. */
  attend(residual: tf.Tensor): AttentionState {
    return attend(this.queryKeyValue(residual, wholeContext(residual.shape[1] ?? 1)));
  }

  /** What attention adds to the residual stream: z [batch, position, nHeads·dHead] → [batch, position, dModel]. */
  attentionOutput(z: tf.Tensor): tf.Tensor {
    return applyMap(this.output, this.foldedBias ? tf.add(z, this.foldedBias) : z);
  }

  /** What the layer adds to the residual stream that enters it, given z, or another attention output in its place. */
  finish(residual: tf.Tensor, z: tf.Tensor, attention: tf.Tensor = this.attentionOutput(z)): LayerOutput {
    const middle = tf.add(residual, attention);
    const mlp = this.#mlp(middle);
    return { attention, mlp, next: tf.add(middle, mlp) };
  }

  #mlp(middle: tf.Tensor): tf.Tensor {
    const prefix = layerPrefix(this.index, 'mlp');
    const map = (name: string) => mapOf(this.#weights, prefix + name);
    const x = normalize(normOf(this.#config, this.#weights, `${prefix}norm`), middle);
    const { activation, gated } = this.#config;
    const hidden = applyMap(map('in'), x);
    const active = gated
      ? tf.mul(activate(activation, applyMap(map('gate'), x)), hidden)
      : activate(activation, hidden);
    return applyMap(map('out'), active);
  }

  get #queryScale(): number {
    return 1 / Math.sqrt(this.#config.dHead);
  }

  #map(name: string): LinearMap {
    return mapOf(this.#weights, layerPrefix(this.index, 'attention') + name);
  }
}

/** Throws Error when it is not loaded. */
export function weightOf(weights: Weights, name: string): tf.Tensor {
  const tensor = weights[name];
  if (!tensor) throw new Error(`weight ${name} is not loaded`);
  return tensor;
}

/** The normalisation whose tensors' names begin so. */
export function normOf({ norm, epsilon }: ModelConfig, weights: Weights, name: string): Norm {
  const centred = norm === 'layer';
  return { gain: weightOf(weights, `${name}.gain`), bias: weights[`${name}.bias`], centred, epsilon };
}

const mapOf = (weights: Weights, name: string): LinearMap => ({
  weight: weightOf(weights, `${name}.weight`),
  bias: weights[`${name}.bias`],
});

/** [batch, group, position, dHead] → [batch, group·times, position, dHead], each group's copies side by side. */
function repeatAxis(x: tf.Tensor, times: number): tf.Tensor {
  if (times === 1) return x;
  const [batch = 1, groups = 1, length = 1, dHead = 1] = x.shape;
  const copies = tf.tile(tf.reshape(x, [batch * groups, 1, length, dHead]), [1, times, 1, 1]);
  return tf.reshape(copies, [batch, groups * times, length, dHead]);
}
