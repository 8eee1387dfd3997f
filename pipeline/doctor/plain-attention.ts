import { greatest } from '../numbers/extremes.ts';
import type { FloatTensor } from '../numbers/tensor.ts';

interface Inputs {
  /** [batch, head, position, dHead] each */
  readonly query: FloatTensor;
  readonly key: FloatTensor;
  readonly value: FloatTensor;
}

/**
 * Causal softmax attention of one head of one item in float64: z [position, dHead], in a row. The scale is already in q.
 * Source: Vaswani et al. 2017, arXiv:1706.03762, equation 1.
 */
export function plainAttention(
  { query, key, value }: Inputs,
  { heads, length, dHead }: { readonly heads: number; readonly length: number; readonly dHead: number },
  { item, head }: { readonly item: number; readonly head: number },
): number[] {
  const start = (item * heads + head) * length * dHead;
  const row = ({ data }: FloatTensor, t: number) => data.subarray(start + t * dHead, start + (t + 1) * dHead);
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, d) => sum + x * b[d], 0);
  return Array.from({ length }, (_, t) => {
    const scores = Array.from({ length: t + 1 }, (__, s) => dot(row(query, t), row(key, s)));
    const most = greatest(scores);
    const weights = scores.map((score) => Math.exp(score - most));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return Array.from({ length: dHead }, (__, d) =>
      weights.reduce((sum, weight, s) => sum + (weight / total) * row(value, s)[d], 0),
    );
  }).flat();
}
