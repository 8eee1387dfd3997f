import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SaeRow } from '../../pipeline/measures/quality/table.ts';
import type { ExampleRow, FeatureRow } from '../../pipeline/measures/statistics/table.ts';
import { openRun, type RunReader } from '../../pipeline/tables/reader.ts';
import {
  type Expected,
  type ExpectedFeature,
  expectedOf,
  referenceSeeds,
  removeTemporaryFolders,
  runReference,
} from './reference-case.ts';

/** Agreement of float32 with the float64 reference, relative to the largest of the numbers compared. */
const tolerance = 1e-4;

function expectClose(
  actual: ArrayLike<number>,
  wanted: readonly number[],
  scale = Math.max(...wanted.map(Math.abs)),
): void {
  expect(actual.length).toBe(wanted.length);
  const worst = wanted.reduce((most, value, i) => Math.max(most, Math.abs((actual[i] ?? Number.NaN) - value)), 0);
  expect(worst / scale).toBeLessThan(tolerance);
}

describe.each(referenceSeeds)('a run agrees with the float64 reference of seed %i', (seed) => {
  let expected: Expected;
  let reader: RunReader;
  let saes: SaeRow[];
  const features: FeatureRow[][] = [];
  const examples: ReadonlyMap<number, ExampleRow[]>[] = [];

  beforeAll(async () => {
    expected = await expectedOf(seed);
    reader = await openRun(await runReference(seed));
    saes = await reader.saes();
    for (const [layer, { features: all }] of expected.layers.entries()) {
      features.push(await reader.features(String(layer), 0, all.length));
      examples.push(await reader.examples(String(layer), 0, all.length));
    }
  });
  afterAll(async () => {
    reader?.close();
    await removeTemporaryFolders();
  });

  const eachFeature = (check: (wanted: ExpectedFeature, row: FeatureRow, top: ExampleRow[]) => void) => {
    for (const [layer, { features: all }] of expected.layers.entries()) {
      for (const [i, wanted] of all.entries()) {
        const row = features[layer]?.[i];
        if (!row) throw new Error(`no row of feature ${layer}/${i}`);
        check(
          wanted,
          row,
          (examples[layer]?.get(i) ?? []).filter((example) => example.interval === 0),
        );
      }
    }
  };

  it('in how the corpus is packed', async () => {
    expect(reader.counts).toMatchObject({ tokens: expected.tokens_seen, contexts: expected.contexts });
    const [first] = await reader.contexts(0, 1);
    expect([...(first?.token_ids ?? [])]).toEqual(expected.first_tokens);
  });

  it('in the quality of every SAE', () => {
    for (const [layer, wanted] of expected.layers.entries()) {
      const row = saes[layer];
      expectClose([row?.ce_clean ?? 0], [expected.ce_clean]);
      for (const name of ['l0', 'ce_sae', 'ce_zero', 'loss_recovered', 'explained_variance'] as const) {
        expectClose([row?.[name] ?? 0], [wanted[name]]);
      }
      const densities = wanted.features.map((feature) => feature.count / expected.tokens_seen);
      expect(row?.dead_features).toBe(densities.filter((density) => density === 0).length);
      expect(row?.dense_features).toBe(densities.filter((density) => density > 0.1).length);
      const { edges = [], counts = [] } = row?.density_histogram ?? {};
      const binned = Array.from(counts, (_, i) => {
        const [low, high] = [edges[i], i + 1 < counts.length ? edges[i + 1] : 1];
        return densities.filter((density) => Math.log10(density) >= low && Math.log10(density) < high).length;
      });
      expect([...counts]).toEqual(binned);
    }
  });

  it('in the statistics and head weights of every feature', () => {
    eachFeature((wanted, row) => {
      expect(row.count).toBe(wanted.count);
      expect(row.density).toBe(wanted.count / expected.tokens_seen);
      expectClose([row.max_activation, row.mean_active], [wanted.max, wanted.mean_active], wanted.max || 1);
      expectClose(row.head_weights, wanted.head_weights);
      if (wanted.constant !== undefined) expectClose([row.constant], [wanted.constant]);
    });
  });

  it('in the tokens that every feature promotes and suppresses', () => {
    eachFeature((wanted, row) => {
      expect(row.positive_logits.map((logit) => logit.token_id)).toEqual(wanted.top_logit_ids);
      expect(row.negative_logits.map((logit) => logit.token_id)).toEqual(wanted.bottom_logit_ids);
      expectClose([row.positive_logits[0]?.value ?? 0], [wanted.top_logit]);
    });
  });

  it('in the top examples of every feature, ties in value aside', () => {
    let compared = 0;
    eachFeature((wanted, row, top) => {
      const all = wanted.top ?? [];
      expectClose(
        top.map((example) => example.activation),
        all.map(([, , value]) => value),
        row.max_activation || 1,
      );
      for (const [rank, [context, position, value]] of all.entries()) {
        const tied = all.filter((other) => Math.abs(other[2] - value) < tolerance * value).length > 1;
        const last = rank === all.length - 1;
        if (tied || last) continue;
        expect([top[rank]?.context, top[rank]?.position]).toEqual([context, position]);
        compared++;
      }
    });
    // Of about 1,870; the rest are ties, or the last of their feature.
    expect(compared).toBeGreaterThan(1000);
  });

  it('in the direct feature attribution of every alive feature’s first example', () => {
    let compared = 0;
    eachFeature((wanted, row, [first]) => {
      const [context, position, activation] = wanted.top?.[0] ?? [];
      if (activation === undefined) return expect(row.count).toBe(0);
      expect([first?.context, first?.position]).toEqual([context, position]);
      expectClose(first?.dfa_source ?? [], wanted.dfa_source ?? [], activation);
      expectClose(first?.dfa_head ?? [], wanted.dfa_head ?? [], activation);
      compared++;
    });
    // Two layers of 48 features, of which one each is dead.
    expect(compared).toBe(94);
  });
});
