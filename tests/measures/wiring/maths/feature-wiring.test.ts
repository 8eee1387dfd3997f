import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { recursiveAttribution } from '../../../../pipeline/attribution/recursive-attribution.ts';
import {
  featureWiring,
  strongestWiring,
  valueWrites,
} from '../../../../pipeline/measures/wiring/maths/feature-wiring.ts';
import { freeze } from '../../../attribution/recursion/freeze.ts';
import { nested, tinySaes, tinyTokens, tinyTransformer } from '../../../attribution/recursion/tiny-prompt.ts';

const saes = tinySaes([0, 1, 2, 3]);

async function wiring(upper: number, features: number[], lower: number) {
  const transformer = await tinyTransformer();
  const wEnc = saes.get(upper)?.tensors.wEnc;
  const wDec = saes.get(lower)?.tensors.wDec;
  if (!wEnc || !wDec) throw new Error('unreachable: both layers have an SAE');
  const rows = tf.gather(tf.transpose(wEnc), tf.tensor1d(features, 'int32'));
  return { transformer, strengths: featureWiring(transformer, upper, rows, { layer: lower, site: 'z', wDec }) };
}

describe('featureWiring', () => {
  it('times activation, attention and 1/σ is the contribution in a forward pass', async () => {
    const { transformer, strengths } = await wiring(2, [3, 8], 0);
    const values = nested(strengths, tf.Rank.R3);
    const prompt = await freeze(transformer, saes, tinyTokens);
    const frozen = prompt.layers[2];
    const pattern = nested(frozen?.pattern, tf.Rank.R3);
    const scale = nested(frozen?.scale, tf.Rank.R2);
    const active = prompt.active.get(0);
    const explained = await recursiveAttribution(
      prompt,
      2,
      [3, 8].map((feature) => ({ feature, position: 8 })),
    );
    let compared = 0;
    for (const [n, { terms }] of explained.entries()) {
      for (const { component, source, byHead } of terms) {
        if (component.kind !== 'feature' || component.layer !== 0) continue;
        const row = [...(active?.features ?? [])].findIndex(
          (j, at) => j === component.feature && active?.sources[at] === source,
        );
        const f = active?.values[row] ?? Number.NaN;
        byHead.forEach((value, head) => {
          const weight = (pattern[head]?.[8]?.[source] ?? 0) / (scale[source]?.[0] ?? 0);
          expect(value).toBeCloseTo(weight * f * (values[n]?.[head]?.[component.feature ?? 0] ?? Number.NaN), 5);
          compared++;
        });
      }
    }
    expect(compared).toBeGreaterThan(100);
  });

  it('finds the strongest features of either sign, through whichever head', async () => {
    const { transformer, strengths } = await wiring(3, [0, 1, 2], 1);
    const lower = saes.get(1)?.tensors.wDec;
    const upper = saes.get(3)?.tensors.wEnc;
    if (!lower || !upper) throw new Error('unreachable: both layers have an SAE');
    const writes = tf.unstack(valueWrites(transformer, 3, { layer: 1, site: 'z', wDec: lower }));
    const found = strongestWiring(tf.gather(tf.transpose(upper), tf.tensor1d([0, 1, 2], 'int32')), writes, 8);
    const [magnitudes, ids] = [found.magnitudes, found.ids].map((tensor) => nested(tensor, tf.Rank.R2));
    const signs = new Set<number>();
    for (const [n, heads] of nested(strengths, tf.Rank.R3).entries()) {
      const strongest = (heads[0] ?? [])
        .map((_, j) => heads.map((row) => row[j] ?? 0).reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a)))
        .map((value, j) => ({ value, j }))
        .toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value))
        .slice(0, 8);
      expect(ids?.[n]).toEqual(strongest.map(({ j }) => j));
      for (const [rank, { value }] of strongest.entries()) {
        expect(magnitudes?.[n]?.[rank]).toBeCloseTo(Math.abs(value), 5);
        signs.add(Math.sign(value));
      }
    }
    expect(signs).toEqual(new Set([1, -1]));
  });
});
