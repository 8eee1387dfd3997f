import * as tf from '@tensorflow/tfjs-core';
import { capped } from './attention.ts';
import { joinHeads } from './ops.ts';
import type { Positions } from './rotary.ts';
import type { Transformer } from './transformer.ts';

/** Keys and values of one layer over a whole prompt: [1, head, position, dHead]. */
export interface LayerMemory {
  readonly key: tf.Tensor;
  readonly value: tf.Tensor;
}

/**
 * The last positions of one prompt, to be run again from a layer with z, or what comes of it, changed at one of them.
 * Positions before them cannot see the change, so their keys and values are those of the unchanged prompt.
 */
export interface Tail {
  /** The residual stream that enters the first layer: [1, tail, dModel]. */
  readonly residual: tf.Tensor;
  /** Where in the prompt the rows of the tail are. */
  readonly positions: Positions;
  /** Where the memory's rows are: 0, 1, 2 … where it is of one prompt and nothing is told. */
  readonly remembered?: tf.Tensor;
  memory(layer: number): LayerMemory;
  /** 0 where a position of the tail may attend, −1e9 elsewhere: [tail, position + tail], memory's first. */
  readonly mask: tf.Tensor;
  /** Which position of the tail is changed: 1 there, 0 elsewhere: [1, tail, 1]. */
  readonly where: tf.Tensor;
  /** What is added to a layer's z there, a row for each change: [row, 1, dIn]. */
  change(layer: number): tf.Tensor;
  /** What is added there to what W_O writes, before a norm behind it, where that may be changed: [row, 1, dModel]. */
  changeWritten?(layer: number): tf.Tensor | undefined;
  /** What is added to its attention output there, where that may be changed: [row, 1, dModel]. */
  changeOutput?(layer: number): tf.Tensor | undefined;
}

/** One layer of a tail; the last of its positions only, where the answer is due. */
interface LastPosition {
  /** [row, dIn], or [1, dIn] where nothing was changed before. */
  readonly z: tf.Tensor;
  /** [row, head, position + tail] */
  readonly pattern: tf.Tensor;
}

export interface TailRun {
  /** The residual stream at the last position, after the last layer: [row, dModel]. */
  readonly residual: tf.Tensor;
  /** Layers `first` … last, z as it was before the change of that very layer. */
  readonly layers: readonly LastPosition[];
}

/** Runs a tail through layers `first` … last: equal to the whole prompt's forward pass with z edited so. */
export function runTail(transformer: Transformer, first: number, tail: Tail): TailRun {
  const { config } = transformer;
  const layers: LastPosition[] = [];
  let stream = tail.residual;
  for (let layer = first; layer < config.nLayers; layer++) {
    const { z, pattern, next } = runTailLayer(transformer, layer, stream, tail);
    layers.push({ z: lastPosition(z, 1), pattern: lastPosition(pattern, 2) });
    stream = next;
  }
  return { residual: lastPosition(stream, 1), layers };
}

/** What one layer makes of a tail: z before its change, [row, tail, dIn], and the residual stream after it. */
interface TailLayer {
  readonly z: tf.Tensor;
  /** [row, head, tail, position + tail] */
  readonly pattern: tf.Tensor;
  /** [row, tail, dModel] */
  readonly next: tf.Tensor;
}

/** Runs one layer of a tail, whose residual stream enters it as `stream`. */
export function runTailLayer(
  transformer: Transformer,
  layer: number,
  stream: tf.Tensor,
  tail: Omit<Tail, 'residual'>,
): TailLayer {
  const { z, pattern } = attendWithMemory(transformer, layer, stream, tail);
  const own = transformer.layer(layer);
  const shifted = (x: tf.Tensor, change: tf.Tensor | undefined) => (change ? tf.add(x, tf.mul(tail.where, change)) : x);
  const changed = shifted(z, tail.change(layer));
  const written = shifted(own.write(changed), tail.changeWritten?.(layer));
  const attention = shifted(own.afterWrite(written), tail.changeOutput?.(layer));
  return { z, pattern, next: own.finish(broadcastRows(stream, changed), changed, attention).next };
}

/** Causal attention of the tail's queries over the memory before it and over the tail itself. */
function attendWithMemory(transformer: Transformer, layer: number, stream: tf.Tensor, tail: Omit<Tail, 'residual'>) {
  const own = transformer.layer(layer);
  const { query, key, value } = own.queryKeyValue(stream, tail.positions);
  const memory = tail.memory(layer);
  const positions = memory.key.shape[2] ?? 0;
  const remembered = tail.remembered ?? tf.range(0, positions);
  const before = tf.matMul(query, memory.key, false, true);
  const { attentionSoftcap } = transformer.config;
  const scores = capped(attentionSoftcap, tf.concat([before, tf.matMul(query, key, false, true)], 3));
  const mask = own.window === null ? tail.mask : tf.add(tail.mask, windowMask(own.window, tail.positions, remembered));
  const pattern = tf.softmax(tf.add(scores, mask));
  const fromMemory = tf.matMul(tf.slice(pattern, [0, 0, 0, 0], [-1, -1, -1, positions]), memory.value);
  const fromTail = tf.matMul(tf.slice(pattern, [0, 0, 0, positions], [-1, -1, -1, -1]), value);
  return { pattern, z: joinHeads(tf.add(fromMemory, fromTail)) };
}

/** −1e9 where a source is before a tail position's window, 0 elsewhere: [tail, position + tail], as the tail's mask. */
function windowMask(window: number, positions: Positions, remembered: tf.Tensor): tf.Tensor {
  const own = tf.cast(
    'at' in positions ? positions.at : tf.range(positions.first, positions.first + positions.length),
    'float32',
  );
  const sources = tf.concat([tf.cast(remembered, 'float32') as tf.Tensor1D, own as tf.Tensor1D]);
  const distance = tf.sub(tf.reshape(own, [-1, 1]), tf.reshape(sources, [1, -1]));
  return tf.mul(tf.cast(tf.greater(distance, window - 1), 'float32'), -1e9);
}

const broadcastRows = (x: tf.Tensor, like: tf.Tensor): tf.Tensor =>
  tf.broadcastTo(x, [like.shape[0], ...x.shape.slice(1)]);

/** The last of an axis, the axis taken away. */
function lastPosition(x: tf.Tensor, axis: number): tf.Tensor {
  const begin = x.shape.map((size, i) => (i === axis ? size - 1 : 0));
  const size = x.shape.map((whole, i) => (i === axis ? 1 : whole));
  return tf.squeeze(tf.slice(x, begin, size), [axis]);
}
