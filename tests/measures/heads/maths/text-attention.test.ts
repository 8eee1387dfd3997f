import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { attentionOnText, textAttentionScores } from '../../../../pipeline/measures/heads/maths/text-attention.ts';

/** BOS a b c a b b */
const tokens = [0, 1, 2, 3, 1, 2, 2];
const length = tokens.length;

beforeAll(() => tf.setBackend('cpu'));

/** Attention of one head that looks from t evenly at some sources, at BOS where there are none. */
function looking(sources: (t: number) => number[]): number[] {
  const pattern = new Array<number>(length * length).fill(0);
  for (let t = 0; t < length; t++) {
    const chosen = sources(t).length > 0 ? sources(t) : [0];
    for (const s of chosen) pattern[t * length + s] = 1 / chosen.length;
  }
  return pattern;
}

const earlier = (t: number) => Array.from({ length: Math.max(0, t - 1) }, (_, i) => i + 1);
const heads = {
  induction: looking((t) => earlier(t).filter((s) => s >= 2 && tokens[s - 1] === tokens[t])),
  'previous-token': looking((t) => (t >= 2 ? [t - 1] : [])),
  'duplicate-token': looking((t) => earlier(t).filter((s) => tokens[s] === tokens[t])),
  'current-token': looking((t) => [t]),
  BOS: looking(() => []),
};

function measure(batch: number) {
  const patterns = Object.values(heads).flat();
  const { sums, counts } = attentionOnText(
    tf.tensor(Array.from({ length: batch }, () => patterns).flat(), [batch, 5, length, length]),
    tf.tensor(Array.from({ length: batch }, () => tokens).flat(), [batch, length], 'int32'),
  );
  const [all, of] = [Array.from(sums.dataSync()), Array.from(counts.dataSync())];
  const mean = (name: (typeof textAttentionScores)[number], head: number) => {
    const row = textAttentionScores.indexOf(name);
    return (all[row * 5 + head] ?? Number.NaN) / (of[row] ?? 0);
  };
  return { mean, counts: of };
}

it.each(Object.keys(heads))('gives the head of %s all of what it does', (name) => {
  const head = Object.keys(heads).indexOf(name);
  const row = textAttentionScores.find((score) => score.startsWith(name));
  expect(row && measure(1).mean(row, head)).toBeCloseTo(1, 6);
});

it('counts only destinations that have such a source', () => {
  // a, b and the last b have been there before; what followed the last b's earlier b is itself, the present token.
  expect(measure(1).counts).toEqual([3, 5, 3, 6, 6, 6, 6]);
  expect(measure(2).counts).toEqual([6, 10, 6, 12, 12, 12, 12]);
});

it('gives the entropy in nats and the distance in tokens', () => {
  const { mean } = measure(2);
  const entropy = 'entropy of attention on text, nats';
  const distance = 'distance of attention on text, tokens';
  expect([mean(entropy, 3), mean(distance, 3)]).toEqual([0, 0]);
  expect(mean(distance, 4)).toBeCloseTo((1 + 2 + 3 + 4 + 5 + 6) / 6, 6);
  // Of the duplicate head only the last b has two sources to choose from.
  expect(mean(entropy, 2)).toBeCloseTo(Math.LN2 / 6, 6);
});
