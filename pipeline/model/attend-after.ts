import * as tf from '@tensorflow/tfjs-core';
import { type AttentionState, attend } from './attention.ts';
import type { Layer } from './layer.ts';
import type { LayerMemory } from './tail.ts';

/** Attention of new rows, and the keys and values of all rows so far. */
export interface AttendedRows extends AttentionState {
  readonly memory: LayerMemory;
}

/**
 * Causal attention of rows that follow `memory`, the keys and values of the rows before them [1, head, before, dHead]:
 * residual [1, row, dModel] at positions before … before + row − 1; what the whole prompt's attention has in those rows.
 */
export function attendAfter(layer: Layer, residual: tf.Tensor, memory: LayerMemory | undefined): AttendedRows {
  const [rows = 1, before = 0] = [residual.shape[1], memory?.key.shape[2]];
  const { query, key, value } = layer.queryKeyValue(residual, { first: before, length: rows });
  const all = {
    key: memory ? tf.concat([memory.key, key], 2) : key,
    value: memory ? tf.concat([memory.value, value], 2) : value,
  };
  const mask = rowsMask(before, rows, layer.window);
  return { ...attend({ query, ...all }, { softcap: layer.softcap, mask }), memory: all };
}

/** As contextMask, of the last rows alone: [rows, before + rows]. */
function rowsMask(before: number, rows: number, window: number | null): tf.Tensor {
  const length = before + rows;
  const mask = new Float32Array(rows * length).fill(-1e9);
  for (let row = 0; row < rows; row++) {
    const t = before + row;
    const first = window === null ? 0 : Math.max(0, t - window + 1);
    mask.fill(0, row * length + first, row * length + t + 1);
  }
  return tf.tensor2d(mask, [rows, length]);
}
