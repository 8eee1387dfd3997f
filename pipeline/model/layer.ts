import * as tf from '@tensorflow/tfjs-core';
import { type AttentionState, attend, contextMask, type QueryKeyValue } from './attention.ts';
import { applyMap, type LinearMap, repeatHeads } from './linear-map.ts';
import type { ModelConfig, Rotary } from './model.ts';
import { type Norm, normalize } from './norm.ts';
import { activate, splitHeads } from './ops.ts';
import { type Positions, rotaryOf, rotate, wholeContext } from './rotary.ts';
import { type LayerPart, layerPrefix } from './tensors.ts';

/** Weights on a tfjs backend, by the names of `tensorShapes`. */
export type Weights = Readonly<Record<string, tf.Tensor>>;

/** What attention reads the normalised residual stream by, each [dModel, nHeads·dHead], head-major. */
export interface AttentionMaps {
  /** With the scale of the scores, which a layer that normalises its queries has in queryNorm instead. */
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
    return this.#norm('attention', 'norm');
  }

  /** What each head's queries [..., dHead] go through before they are rotated; its gain holds the scale of the scores. */
  get queryNorm(): Norm | undefined {
    if (!this.#config.queryKeyNorm) return undefined;
    const norm = this.#norm('attention', 'query_norm');
    const scaled = (x: tf.Tensor) => tf.mul(x, this.#scoreScale);
    return { ...norm, gain: scaled(norm.gain), bias: norm.bias && scaled(norm.bias) };
  }

  /** The same of each group's keys. */
  get keyNorm(): Norm | undefined {
    return this.#config.queryKeyNorm ? this.#norm('attention', 'key_norm') : undefined;
  }

  /** Between W_O and the residual stream, where there is one. */
  get postAttentionNorm(): Norm | undefined {
    return this.#config.postNorms ? this.#norm('attention', 'post_norm') : undefined;
  }

  /** Rotations of queries and keys by their positions, where there are any. */
  get rotary(): Rotary | null {
    return rotaryOf(this.#config, this.index);
  }

  /** Sources that a destination attends to at most, itself among them; null where it attends to all before it. */
  get window(): number | null {
    return this.#config.windows?.[this.index] ?? null;
  }

  /** The cap of the scores, where there is one. */
  get softcap(): number | null {
    return this.#config.attentionSoftcap;
  }

  get maps(): AttentionMaps {
    const { nHeads, nKvHeads, queryKeyNorm } = this.#config;
    return {
      query: queryKeyNorm ? this.#map('query') : scaledMap(this.#map('query'), this.#scoreScale),
      key: repeatHeads(this.#map('key'), nKvHeads, nHeads),
      value: repeatHeads(this.#map('value'), nKvHeads, nHeads),
    };
  }

  /** W_O [nHeads·dHead, dModel], head-major, and b_O [dModel] where there is one. */
  get output(): LinearMap {
    return this.#map('output');
  }

  /** c [nHeads·dHead] of a layer whose value bias is folded, which is added to z before W_O; of others nothing. */
  get foldedBias(): tf.Tensor | undefined {
    return this.#weights[`${layerPrefix(this.index, 'attention')}folded_bias`];
  }

  /** Of a residual stream [batch, position, dModel] whose rows are at `positions`. */
  queryKeyValue(residual: tf.Tensor, positions: Positions): QueryKeyValue {
    const { nHeads, nKvHeads, queryKeyNorm } = this.#config;
    const x = normalize(this.attentionNorm, residual);
    const heads = (name: string, count: number) => splitHeads(applyMap(this.#map(name), x), count);
    const placed = (y: tf.Tensor, norm: Norm | undefined) => {
      const normed = norm ? normalize(norm, y) : y;
      return this.rotary ? rotate(this.rotary, normed, positions) : normed;
    };
    const each = (y: tf.Tensor) => repeatAxis(y, nHeads / nKvHeads);
    const query = heads('query', nHeads);
    return {
      query: placed(queryKeyNorm ? query : tf.mul(query, this.#scoreScale), this.queryNorm),
      key: each(placed(heads('key', nKvHeads), this.keyNorm)),
      value: each(heads('value', nKvHeads)),
    };
  }

  /** Attention over a whole context: its first row is at position 0. `mask` is the layer's contextMask. */
  attend(residual: tf.Tensor, mask: tf.Tensor = contextMask(residual.shape[1] ?? 1, this.window)): AttentionState {
    const { softcap } = this;
    return attend(this.queryKeyValue(residual, wholeContext(residual.shape[1] ?? 1)), { softcap, mask });
  }

  /** z·W_O + b_O before the post-attention norm: z [batch, position, nHeads·dHead] → [batch, position, dModel]. */
  write(z: tf.Tensor): tf.Tensor {
    return applyMap(this.output, this.foldedBias ? tf.add(z, this.foldedBias) : z);
  }

  /** What attention adds to the residual stream: z [batch, position, nHeads·dHead] → [batch, position, dModel]. */
  attentionOutput(z: tf.Tensor): tf.Tensor {
    return this.afterWrite(this.write(z));
  }

  /** What attention adds to the residual stream of what `write` gave: through the post-attention norm, where there is one. */
  afterWrite(written: tf.Tensor): tf.Tensor {
    const norm = this.postAttentionNorm;
    return norm ? normalize(norm, written) : written;
  }

  /** What the layer adds to the residual stream that enters it, given z, or another attention output in its place. */
  finish(residual: tf.Tensor, z: tf.Tensor, attention: tf.Tensor = this.attentionOutput(z)): LayerOutput {
    const middle = tf.add(residual, attention);
    const mlp = this.#mlp(this.#config.parallel ? residual : middle);
    return { attention, mlp, next: tf.add(middle, mlp) };
  }

  /** What the MLP adds to the residual stream that it reads: zero in a layer of attention alone. */
  #mlp(stream: tf.Tensor): tf.Tensor {
    const { activation, gated, mlpInnerNorm, postNorms, dMlp } = this.#config;
    if (dMlp === 0) return tf.zerosLike(stream);
    const map = (name: string) => mapOf(this.#weights, layerPrefix(this.index, 'mlp') + name);
    const x = normalize(this.#norm('mlp', 'norm'), stream);
    const hidden = applyMap(map('in'), x);
    const active = gated
      ? tf.mul(activate(activation, applyMap(map('gate'), x)), hidden)
      : activate(activation, hidden);
    const written = applyMap(map('out'), mlpInnerNorm ? normalize(this.#norm('mlp', 'inner_norm'), active) : active);
    return postNorms ? normalize(this.#norm('mlp', 'post_norm'), written) : written;
  }

  get #scoreScale(): number {
    return this.#config.attentionScale ?? 1 / Math.sqrt(this.#config.dHead);
  }

  #map(name: string): LinearMap {
    return mapOf(this.#weights, layerPrefix(this.index, 'attention') + name);
  }

  #norm(part: LayerPart, name: string): Norm {
    return normOf(this.#config, this.#weights, layerPrefix(this.index, part) + name);
  }
}

/** Throws Error when it is not loaded. */
export function weightOf(weights: Weights, name: string): tf.Tensor {
  const tensor = weights[name];
  if (!tensor) throw new Error(`weight ${name} is not loaded`);
  return tensor;
}

/** A layer's normalisation whose tensors' names begin so. */
function normOf({ norm, epsilon, normGain }: ModelConfig, weights: Weights, name: string): Norm {
  return { ...gainAndBias(weights, name, normGain), centred: norm === 'layer', epsilon };
}

/** γ and β of the normalisation whose tensors' names begin so; a gain of 1 where norms have none. */
export function gainAndBias(weights: Weights, name: string, hasGain: boolean): Pick<Norm, 'gain' | 'bias'> {
  if (!hasGain) return { gain: tf.ones([1]), bias: undefined };
  return { gain: weightOf(weights, `${name}.gain`), bias: weights[`${name}.bias`] };
}

const scaledMap = ({ weight, bias }: LinearMap, scale: number): LinearMap => ({
  weight: tf.mul(weight, scale),
  bias: bias && tf.mul(bias, scale),
});

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
