import { describe, expect, it } from 'vitest';
import { frontierLines, frontiersOf } from '../../../pipeline/measures/quality/frontier.ts';
import { frontierSvg } from '../../../pipeline/measures/quality/frontier-svg.ts';
import type { SaeQuality } from '../../../pipeline/measures/quality/quality.ts';

const quality = (layer: number, l0: number, explainedVariance: number, lossRecovered: number): SaeQuality => ({
  ...{ sae: `${layer}-${l0}`, layer, site: 'z', tokens: 100, contexts: 2, deadFeatures: 0 },
  ...{ l0, explainedVariance, lossRecovered, cossim: 0.9, l2Ratio: 0.9, relativeReconstructionBias: 1 },
  ...{
    ceClean: 3,
    ceSae: 3.1,
    ceZero: 4,
    ceMean: 4,
    klSae: 0.1,
    klZero: 1,
    klMean: 1,
    lossRecoveredMean: 0,
    klScoreMean: 0,
    averageMaxDecoderCosineSim: 0,
    nearTwins: 0,
    klScore: 0.9,
  },
});

const qualities = [
  quality(1, 60, 0.9, 0.97),
  quality(1, 10, 0.7, 0.8),
  quality(1, 30, 0.65, 0.9), // explains less than the one of L0 10
  quality(3, 28, 0.8, 0.9),
];

describe('frontiersOf', () => {
  it('orders the SAEs of a layer by L0, and marks those that a sparser one surpasses', () => {
    const [only, ...others] = frontiersOf(qualities);
    expect(others).toEqual([]);
    expect(only?.name).toBe('layer 1');
    expect(only?.points.map(({ quality: { l0 }, best }) => [l0, best])).toEqual([
      [10, true],
      [30, false],
      [60, true],
    ]);
    expect(frontierLines(frontiersOf(qualities))).toEqual([
      'frontier of layer 1 (L0: explained, recovered): 10.0: 0.700, 0.800  (30.0: 0.650, 0.900)  60.0: 0.900, 0.970',
    ]);
  });

  it('keeps what reads the attention output apart from what reads z', () => {
    const output = (l0: number): SaeQuality => ({ ...quality(1, l0, 0.5, 0.5), site: 'attn_out' });
    const found = frontiersOf([...qualities, output(5), output(9)]);
    expect(found.map(({ name, points }) => [name, points.length])).toEqual([
      ['layer 1', 3],
      ['layer 1 output', 2],
    ]);
  });
});

describe('frontierSvg', () => {
  it('draws a point an SAE in both panels, further right for a greater L0 and higher for a better value', () => {
    const svg = frontierSvg(frontiersOf(qualities));
    const circles = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, cx, cy]) => [
      Number(cx),
      Number(cy),
    ]);
    expect(circles).toHaveLength(6);
    const [first, , last] = circles;
    expect(last?.[0]).toBeGreaterThan(first?.[0] ?? Number.NaN);
    expect(last?.[1]).toBeLessThan(first?.[1] ?? Number.NaN);
    expect(svg.match(/fill="#fff"\/>/g)).toHaveLength(3); // the ground, and the surpassed one twice
  });
});
