import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NeighbourRow } from '../../pipeline/measures/neighbours/table.ts';
import { correlation } from '../../pipeline/numbers/correlation.ts';
import { openRun, type RunReader } from '../../pipeline/tables/reader.ts';
import { removeTemporaryFolders, runReference } from './reference-case.ts';

const seed = 7;
const wanted = 3;
const every = 1000;
/** So few tokens that every activation of a feature is among its examples. */
const tokens = 920;
const without = { tokens, upstreamExamples: 0, wiring: 0, circuitTokens: 0, familyExamples: 0 };

describe('the table of neighbours', () => {
  let run: RunReader;
  const rows: NeighbourRow[] = [];
  const alive = new Map<string, number[]>();

  beforeAll(async () => {
    run = await openRun(await runReference(seed, { ...without, neighbours: wanted, examples: every }));
    for (const { sae } of await run.saes()) {
      rows.push(...[...(await run.neighbours(sae, 0, every)).values()].flat());
      const features = await run.features(sae, 0, every);
      alive.set(
        sae,
        features.filter(({ count }) => count > 0).map(({ feature }) => feature),
      );
    }
  });
  afterAll(async () => {
    run.close();
    await removeTemporaryFolders();
  });

  it('has neighbours of every alive feature and no other, each kind ranked by value', () => {
    for (const [sae, features] of alive) {
      const own = rows.filter((row) => row.sae === sae);
      expect([...new Set(own.map(({ feature }) => feature))]).toEqual(features);
      for (const feature of features) {
        for (const kind of ['decoder', 'logits']) {
          const list = own.filter((row) => row.feature === feature && row.kind === kind);
          expect(list.map(({ rank }) => rank)).toEqual(list.map((_, rank) => rank));
          const inside = list.filter(({ other_sae }) => other_sae === sae);
          if (kind === 'decoder') expect([inside.length, list.length]).toEqual([wanted, 2 * wanted]);
          for (const part of kind === 'decoder' ? [inside, list.slice(wanted)] : [list]) {
            expect(part.map(({ value }) => value)).toEqual(part.map(({ value }) => value).sort((a, b) => b - a));
          }
        }
      }
    }
  });

  it('names alive features other than the feature itself', () => {
    for (const { sae, feature, other_sae, other_feature } of rows) {
      expect(alive.get(other_sae)).toContain(other_feature);
      expect(`${other_sae}/${other_feature}`).not.toBe(`${sae}/${feature}`);
    }
  });

  it('correlates activations over every token of the run', async () => {
    const { counts } = run;
    const dense = new Map<number, number[]>();
    for (const [feature, examples] of await run.examples('0', 0, every)) {
      const own = Array.from({ length: counts.contexts * 23 }, () => 0);
      for (const { interval, context, position, activation } of examples) {
        if (interval === 0) own[context * 23 + position - 1] = activation;
      }
      dense.set(feature, own);
    }
    let listed = 0;
    for (const [feature, own] of dense) {
      const near = rows.filter((row) => row.sae === '0' && row.feature === feature && row.kind === 'activation');
      const exact = [...dense]
        .filter(([other]) => other !== feature)
        .map(([, other]) => correlation(own, other))
        .sort((a, b) => b - a);
      near.forEach(({ value, other_feature }, rank) => {
        expect(value).toBeCloseTo(exact[rank] ?? Number.NaN, 5);
        expect(value).toBeCloseTo(correlation(own, dense.get(other_feature) ?? []), 5);
      });
      listed += near.length;
    }
    expect(listed).toBeGreaterThan(dense.size);
  });

  it('is not there where none are wanted', async () => {
    const none = await openRun(await runReference(seed, { ...without, neighbours: 0 }));
    expect((await none.neighbours('0', 0, every)).size).toBe(0);
    none.close();
  });
});
