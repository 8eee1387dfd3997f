import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { attentionOnRepeats } from '../../../../pipeline/measures/heads/maths/head-attention.ts';

/** BOS a b c a b c */
const length = 7;

/** Attention of one head that looks from t at one source. */
function looking(source: (t: number) => number): number[] {
  const pattern = new Array<number>(length * length).fill(0);
  for (let t = 0; t < length; t++) pattern[t * length + Math.max(0, source(t))] = 1;
  return pattern;
}

it('tells induction, previous-token and duplicate-token heads apart', async () => {
  await tf.setBackend('cpu');
  const heads = [looking((t) => t - 2), looking((t) => t - 1), looking((t) => t - 3), looking(() => 0)];
  const pattern = tf.tensor([...heads.flat(), ...heads.flat()], [2, heads.length, length, length]);
  const scores = (await attentionOnRepeats(pattern).array()) as number[][];
  for (const [row, name] of ['induction', 'previous', 'duplicate'].entries()) {
    for (const head of heads.keys())
      expect(scores[row]?.[head], `${name} of head ${head}`).toBeCloseTo(row === head ? 1 : 0, 6);
  }
});
