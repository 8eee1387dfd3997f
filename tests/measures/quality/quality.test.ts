import { describe, expect, it } from 'vitest';
import { contexts, dIn, identitySae, lossySae, meanZ, measure, silentSae } from './quality-case.ts';

describe('measureQuality', () => {
  it('finds that an SAE that returns z explains and recovers everything', async () => {
    const both = await measure([identitySae(0), identitySae(1)]);
    expect(both).toHaveLength(2);
    for (const quality of both) {
      expect(quality.explainedVariance).toBeCloseTo(1, 6);
      expect(quality.lossRecovered).toBeCloseTo(1, 5);
      expect(quality.ceSae).toBeCloseTo(quality.ceClean, 5);
      expect(Math.abs(quality.ceZero - quality.ceClean)).toBeGreaterThan(0.01);
      expect(quality.cossim).toBeCloseTo(1, 5);
      expect(quality.l2Ratio).toBeCloseTo(1, 5);
      expect(quality.relativeReconstructionBias).toBeCloseTo(1, 5);
      expect(quality.klScore).toBeCloseTo(1, 4);
      expect(quality.klScoreMean).toBeCloseTo(1, 4);
      expect(quality.lossRecoveredMean).toBeCloseTo(1, 4);
      // Each row has its opposite, and is at right angles to all others.
      expect(quality).toMatchObject({ averageMaxDecoderCosineSim: 0, nearTwins: 0 });
      expect(quality.klZero).toBeGreaterThan(0.01);
      expect(quality.l0).toBe(dIn);
      expect(quality.deadFeatures).toBe(0);
      expect([quality.tokens, quality.contexts]).toEqual([7 * 11, 7]);
    }
  });

  it('finds that an SAE without active features does what zero-ablation does', async () => {
    const [quality] = await measure([silentSae(1)]);
    expect(quality).toMatchObject({ layer: 1, l0: 0, deadFeatures: 2 * dIn, lossRecovered: 0 });
    expect(quality?.ceSae).toBe(quality?.ceZero);
    expect(quality?.explainedVariance).toBeLessThan(0);
    expect(quality).toMatchObject({ cossim: 0, klScore: 0, relativeReconstructionBias: Number.NaN });
    expect(quality?.l2Ratio).toBeLessThan(1e-5);
    expect(quality?.klSae).toBe(quality?.klZero);
  });

  it('finds that an SAE that always returns the mean z explains nothing and does what mean-ablation does', async () => {
    const mean = await meanZ(1);
    const [quality] = await measure([silentSae(1, mean)]);
    expect(quality?.explainedVariance).toBeCloseTo(0, 6);
    expect(quality?.ceSae).toBeCloseTo(quality?.ceMean ?? Number.NaN, 6);
    expect(quality?.ceMean).not.toBeCloseTo(quality?.ceZero ?? Number.NaN, 3);
    expect(quality?.lossRecoveredMean).toBeCloseTo(0, 4);
    expect(quality?.klScoreMean).toBeCloseTo(0, 4);
  });

  it('gives the same of SAEs whose weights do not fit into memory together', async () => {
    const saes = [identitySae(0), lossySae, silentSae(1, await meanZ(1))].map((sae, i) => ({ ...sae, id: String(i) }));
    const bytesOfTwo = 2 * 2 * 4 * dIn * 2 * dIn;
    const together = await measure(saes);
    for (const groupBytes of [1, bytesOfTwo]) expect(await measure(saes, { groupBytes })).toEqual(together);
  });

  it('gives the same of SAEs in any order, in that order', async () => {
    const saes = [silentSae(0), identitySae(1), lossySae].map((sae, i) => ({ ...sae, id: String(i) }));
    const inOrder = await measure(saes);
    for (const order of [
      [2, 1, 0],
      [1, 0, 2],
    ]) {
      const wanted = order.map((i) => inOrder.find(({ sae }) => sae === String(i)));
      expect(await measure(order.flatMap((i) => saes[i] ?? []))).toEqual(wanted);
    }
  });

  it('gives the same figures whatever the batch size, padding of the last batch left out', async () => {
    const saes = [silentSae(0), identitySae(1)];
    const whole = await measure(saes, { batch: 7 });
    for (const batch of [1, 4, 16]) {
      const parts = await measure(saes, { batch });
      expect(parts.map(({ intervals }) => Object.keys(intervals ?? {}).length)).toEqual([6, 6]);
      parts.forEach(({ meanZ: mean, intervals, nearest, ...quality }, i) => {
        expect(nearest).toEqual([]);
        for (const [name, { low, high }] of Object.entries(intervals ?? {})) {
          const wanted = Object.entries(whole[i]?.intervals ?? {}).find(([other]) => other === name)?.[1];
          expect(low, name).toBeCloseTo(wanted?.low ?? Number.NaN, 5);
          expect(high, name).toBeCloseTo(wanted?.high ?? Number.NaN, 5);
        }
        for (const [name, value] of Object.entries(quality)) {
          const wanted = whole[i]?.[name as keyof typeof quality];
          if (Number.isNaN(wanted)) expect(value, name).toBeNaN();
          else if (typeof value === 'number') expect(value, name).toBeCloseTo(Number(wanted), 5);
          else expect(value, name).toBe(wanted);
        }
        mean.forEach((value, d) => {
          expect(value, `meanZ ${d}`).toBeCloseTo(whole[i]?.meanZ[d] ?? Number.NaN, 5);
        });
      });
    }
  });

  it('gives intervals that hold each figure, from the spread between contexts; none of a single context', async () => {
    const [quality] = await measure([lossySae]);
    const { explainedVariance = 0, ceClean = 0, ceSae = 0, ceZero = 0, ceMean = 0, lossRecovered = 0 } = quality ?? {};
    const figures = { explainedVariance, ceClean, ceSae, ceZero, ceMean, lossRecovered };
    for (const [name, { low, high }] of Object.entries(quality?.intervals ?? {})) {
      const value = Object.entries(figures).find(([other]) => other === name)?.[1] ?? Number.NaN;
      expect(low, name).toBeLessThanOrEqual(value);
      expect(high, name).toBeGreaterThanOrEqual(value);
      expect(high - low, name).toBeGreaterThan(0);
    }
    expect(Object.keys(quality?.intervals ?? {})).toEqual(Object.keys(figures));
    const [alone] = await measure([identitySae(1)], { of: contexts.slice(0, 1) });
    expect(alone?.intervals).toBeUndefined();
  });

  it('gives the mean z that it ablates with', async () => {
    const [quality] = await measure([silentSae(1)]);
    const { data } = await meanZ(1);
    expect(quality?.meanZ).toHaveLength(data.length);
    quality?.meanZ.forEach((value, d) => {
      expect(value, `z ${d}`).toBeCloseTo(data[d] ?? Number.NaN, 5);
    });
  });

  it('measures an SAE the same alone and beside another', async () => {
    const [alone] = await measure([silentSae(1)]);
    const [, beside] = await measure([identitySae(0), silentSae(1)]);
    expect(beside?.ceSae).toBeCloseTo(alone?.ceSae ?? Number.NaN, 6);
    expect(beside?.ceMean).toBeCloseTo(alone?.ceMean ?? Number.NaN, 6);
  });

  it('refuses to measure on nothing', async () => {
    await expect(measure([identitySae(0)], { of: [] })).rejects.toThrow('no context');
  });
});
