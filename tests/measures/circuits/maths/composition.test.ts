import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  compositionFactors,
  compositionKinds,
  compositionNorms,
  compositionScore,
  randomComposition,
} from '../../../../pipeline/measures/circuits/maths/composition.ts';
import { gram, headFactors } from '../../../../pipeline/measures/circuits/maths/head-factors.ts';
import { frobeniusNorm, singularValues } from '../../../../pipeline/measures/circuits/maths/spectrum.ts';
import { randomNormal, seededRandom } from '../../../../pipeline/numbers/seeded-random.ts';
import { nested, tinyConfig, tinyTransformer } from '../../../attribution/recursion/tiny-prompt.ts';

const { nHeads, dHead, dModel } = tinyConfig;

async function factorsOf(layer: number) {
  const factors = headFactors(await tinyTransformer(), layer);
  const head = (name: keyof typeof factors, h: number) =>
    tf.reshape(tf.slice(factors[name], [h, 0, 0], [1, dHead, dModel]), [dHead, dModel]) as tf.Tensor2D;
  /** W_QK and W_OV as whole matrices, for a row vector x as x·W. */
  const qk = (h: number) => tf.matMul(head('query', h), head('key', h), true, false);
  const ov = (h: number) => tf.matMul(head('value', h), head('output', h), true, false);
  return { factors, head, qk, ov };
}

const norm = (x: tf.Tensor) => tf.norm(x).dataSync()[0] ?? Number.NaN;

describe('compositionNorms', () => {
  it('are those of the whole matrices, of every kind and pair of heads', async () => {
    const [lower, upper] = [await factorsOf(0), await factorsOf(2)];
    const direct = {
      K: (writer: number, reader: number) => tf.matMul(lower.ov(writer), upper.qk(reader), false, true),
      Q: (writer: number, reader: number) => tf.matMul(lower.ov(writer), upper.qk(reader)),
      V: (writer: number, reader: number) => tf.matMul(lower.ov(writer), upper.ov(reader)),
    };
    for (const kind of compositionKinds) {
      const { reads, partner } = compositionFactors[kind];
      const norms = compositionNorms({
        output: lower.factors.output,
        valueGram: gram(lower.factors.value),
        reads: upper.factors[reads],
        partnerGram: gram(upper.factors[partner]),
      });
      nested(norms, tf.Rank.R2).forEach((row, writer) => {
        row.forEach((value, reader) => {
          expect(value / norm(direct[kind](writer, reader)), `${kind} ${writer} ${reader}`).toBeCloseTo(1, 5);
        });
      });
    }
    expect(nHeads).toBe(3);
  });

  it('say 1/√dModel at random, whatever the two circuits are', async () => {
    const [{ ov: writer }, { ov: reader }] = [await factorsOf(0), await factorsOf(1)];
    const [a, b] = [writer(0), reader(1)];
    const random = seededRandom(3);
    const squares = Array.from({ length: 400 }, () => {
      const rotated = tf.matMul(tf.matMul(a, rotation(random)), b);
      return (norm(rotated) / (norm(a) * norm(b))) ** 2;
    });
    const mean = squares.reduce((sum, square) => sum + square, 0) / squares.length;
    expect(Math.sqrt(mean) / randomComposition(dModel)).toBeCloseTo(1, 1);
  });

  it('make no score of a head that writes nothing', () => {
    expect(compositionScore(0, 0, 2, dModel)).toBeUndefined();
    expect(compositionScore(3, 2, 1.5, 4)).toBe(0.5);
  });
});

describe('the spectrum of a circuit', () => {
  it('is that of its whole matrix: squares sum to its norm’s, products to the trace of its square', async () => {
    const { factors, qk } = await factorsOf(1);
    const grams = [factors.query, factors.key].map((factor) => gram(factor).dataSync());
    const of = (i: number) => grams[i]?.slice(dHead ** 2, 2 * dHead ** 2) ?? [];
    const singular = singularValues(of(0), of(1), dHead);
    expect([...singular]).toEqual([...singular].toSorted((x, y) => y - x));
    const whole = qk(1);
    expect(Math.hypot(...singular)).toBeCloseTo(norm(whole), 5);
    expect(frobeniusNorm(of(0), of(1))).toBeCloseTo(norm(whole), 5);
    // Σσ⁴ is the squared norm of WᵀW, which no other spectrum of the same norm has.
    const fourth = [...singular].reduce((sum, value) => sum + value ** 4, 0);
    expect(Math.sqrt(fourth)).toBeCloseTo(norm(tf.matMul(whole, whole, true, false)), 4);
  });
});

/** A random rotation, by Gram and Schmidt. */
function rotation(random: () => number): tf.Tensor2D {
  const rows: number[][] = [];
  while (rows.length < dModel) {
    let row = Array.from({ length: dModel }, () => randomNormal(random));
    for (const other of rows) {
      const along = row.reduce((sum, value, i) => sum + value * (other[i] ?? 0), 0);
      row = row.map((value, i) => value - along * (other[i] ?? 0));
    }
    const size = Math.hypot(...row);
    rows.push(row.map((value) => value / size));
  }
  return tf.tensor2d(rows);
}
