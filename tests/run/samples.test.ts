import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSchema } from '../../pipeline/commands/run.ts';
import { silentEffects } from '../../pipeline/effects.ts';
import type { ExampleRow, FeatureRow } from '../../pipeline/measures/statistics/table.ts';
import { run } from '../../pipeline/run.ts';
import { openRun, type RunReader } from '../../pipeline/tables/reader.ts';
import { type Float64Model, type Float64Pass, float64Model } from './float64-model.ts';
import { folderOf, referenceConfig, removeTemporaryFolders, temporaryFolder } from './reference-case.ts';

const seed = 7;
const context = 24;
const counted = context - 1;
/** Contexts of every sample: fewer than the run's 279, and no divisors of it. */
const most = { quality: 25, proxy: 40, compared: 30, attention: 20, counted: 50, checked: 60 };
const sizes = {
  proxyTokens: most.proxy * counted,
  comparedTokens: most.compared * counted,
  attentionContexts: most.attention,
  countedTokens: most.counted * counted,
  checkedTokens: most.checked * counted,
  dividedTokens: Number.POSITIVE_INFINITY,
};
/** Agreement of float32 with float64, relative to the largest of the numbers compared. */
const tolerance = 1e-4;

let reader: RunReader;
let model: Float64Model;
let contexts: Int32Array[];
let passes: Float64Pass[];
/** [layer][context][position] → activations of all features. */
let activations: Float64Array[][][];
let features: FeatureRow[][];
let examples: ReadonlyMap<number, ExampleRow[]>[];

beforeAll(async () => {
  const out = await temporaryFolder();
  const settings = { qualityTokens: most.quality * counted, familyExamples: 1, upstreamExamples: 0, wiring: 0 };
  await run(runSchema.parse(referenceConfig(seed, out, settings)), silentEffects(), sizes);
  reader = await openRun(out);
  model = float64Model(folderOf(seed), 4);
  contexts = (await reader.contexts(0, 1000)).map(({ token_ids }) => token_ids);
  passes = contexts.map((tokens) => model.run(tokens));
  const layers = Array.from({ length: model.layers }, (_, layer) => layer);
  activations = layers.map((layer) =>
    passes.map(({ z }) => Array.from({ length: context }, (_, t) => model.features(layer, z[layer], t))),
  );
  features = await Promise.all(layers.map((layer) => reader.features(String(layer), 0, model.dSae)));
  examples = await Promise.all(layers.map((layer) => reader.examples(String(layer), 0, model.dSae)));
}, 120_000);
afterAll(async () => {
  reader?.close();
  await removeTemporaryFolders();
});

/** The numbers of the contexts of a sample, by the definition: the first of each of as many equal stretches. */
const sampled = (count: number) => Array.from({ length: count }, (_, i) => Math.floor((i * contexts.length) / count));
const eachFeature = (check: (row: FeatureRow, layer: number, feature: number) => void) => {
  for (const [layer, rows] of features.entries()) for (const [i, row] of rows.entries()) check(row, layer, i);
};
const sum = (values: Iterable<number>) => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};
const expectNear = (actual: number | null | undefined, wanted: number, scale: number, what: string) =>
  expect(Math.abs((actual ?? Number.NaN) - wanted) / scale, `${what}: ${actual}, ${wanted}`).toBeLessThan(tolerance);

it('a run has more contexts than any of its samples, and says how many each has', () => {
  expect(contexts).toHaveLength(279);
  for (const [name, count] of Object.entries(most)) {
    expect(reader.record.samples).toMatchObject({ [name]: { contexts: count, tokens: count * counted } });
  }
});

describe('on its sample, a run agrees with a float64 reference', () => {
  it('in cross-entropies, mean ablation among them, in explained variance and in mean z', async () => {
    const chosen = sampled(most.quality);
    const rows = await reader.saes();
    const means = new Map((await reader.zMeans()).map(({ layer, mean_z }) => [layer, mean_z]));
    const loss = (edit?: (layer: number, z: Float64Array) => void) =>
      sum(chosen.map((c) => model.run(contexts[c], edit).loss)) / (chosen.length * counted);
    for (let layer = 0; layer < model.layers; layer++) {
      const mean = new Float64Array(model.dModel);
      const places = chosen.flatMap((c) => Array.from({ length: counted }, (_, i) => [c, i + 1] as const));
      const z = ([c, t]: readonly [number, number], d: number) => passes[c].z[layer][t * model.dModel + d];
      for (const place of places) for (let d = 0; d < model.dModel; d++) mean[d] += z(place, d) / places.length;
      const only = (change: (z: Float64Array) => void) => loss((l, own) => void (l === layer && change(own)));
      const row = rows[layer];
      expect(row).toMatchObject({ contexts: 279, quality_contexts: most.quality, quality_tokens: places.length });
      const clean = loss();
      const zero = only((own) => own.fill(0));
      const sae = only((own) => model.reconstruct(layer, own));
      const byMean = only((own) => own.set(own.map((_, i) => mean[i % model.dModel])));
      expectNear(row.ce_clean, clean, clean, 'clean');
      expectNear(row.ce_zero, zero, zero, 'zero');
      expectNear(row.ce_sae, sae, sae, 'sae');
      expectNear(row.ce_mean, byMean, byMean, 'mean');
      expectNear(row.loss_recovered, (zero - sae) / (zero - clean), 1, 'recovered');
      const scale = Math.max(...mean.map(Math.abs));
      for (let d = 0; d < model.dModel; d++) expectNear(means.get(layer)?.[d], mean[d], scale, `mean z ${d}`);
      let [error, spread] = [0, 0];
      for (const place of places) {
        const own = passes[place[0]].z[layer].slice(place[1] * model.dModel, (place[1] + 1) * model.dModel);
        const rebuilt = own.slice();
        model.reconstruct(layer, rebuilt);
        error += sum(own.map((value, d) => (value - rebuilt[d]) ** 2));
        spread += sum(own.map((value, d) => (value - mean[d]) ** 2));
      }
      expectNear(row.explained_variance, 1 - error / spread, 1, 'explained variance');
    }
  });

  it('in the induction proxy of every feature: where it held, and where the feature was silent', async () => {
    const vocabulary = await reader.vocabulary();
    const classOf = new Map(vocabulary.map(({ token_id, token }) => [token_id, token.trim().toLowerCase() || token]));
    let compared = 0;
    eachFeature((row, layer, i) => {
      const { induction_proxy: proxy, family_scores: scores } = row;
      if (!proxy || !scores) return;
      const b = classOf.get(proxy.token_id);
      const found = { held: 0, missed: 0, silent: 0, heldUp: 0, missedUp: 0, near: 0 };
      for (const c of sampled(most.proxy)) {
        const classes = Array.from(contexts[c], (id) => classOf.get(id));
        for (let t = 1; t < context; t++) {
          // An earlier occurrence of the present token, BOS being none, was followed by B.
          const holds = classes.some((own, s) => s >= 1 && s + 1 < t && own === classes[t] && classes[s + 1] === b);
          const value = activations[layer][c][t][i];
          const isUp = value > row.max_activation / 2;
          if (Math.abs(value - row.max_activation / 2) < 1e-4 || (value > 0 && value < 1e-4)) found.near++;
          if (value > 0) {
            found[holds ? 'held' : 'missed']++;
            if (isUp) found[holds ? 'heldUp' : 'missedUp']++;
          } else if (holds) found.silent++;
        }
      }
      if (found.near > 0) return;
      compared++;
      const { held, missed, silent, heldUp, missedUp } = found;
      const what = `feature ${layer}/${i}`;
      expect([sum(proxy.held), sum(proxy.missed), proxy.silent], what).toEqual([held, missed, silent]);
      expect([sum(proxy.held.slice(25)), sum(proxy.missed.slice(25))], what).toEqual([heldUp, missedUp]);
      const share = (part: number, rest: number) => (part + rest > 0 ? part / (part + rest) : 0);
      expect(scores.proxy_specificity).toBeCloseTo(share(held, missed), 10);
      expect(scores.proxy_specificity_upper_half).toBeCloseTo(share(heldUp, missedUp), 10);
      expect(scores.proxy_sensitivity).toBeCloseTo(share(held, silent), 10);
    });
    expect(compared).toBeGreaterThan(60);
  });

  it('in the attention of heads on text, and in what even attention would have', async () => {
    const heads = await reader.heads();
    expect(heads).toHaveLength(4 * model.layers);
    for (const { layer, head, attention, attention_by_chance } of heads) {
      const chosen = sampled(most.attention);
      const mean = (of: (pattern: Float64Array, t: number) => number, from: number) =>
        sum(
          chosen.flatMap((c) =>
            Array.from({ length: context - from }, (_, i) => of(passes[c].pattern[layer][head], from + i)),
          ),
        ) /
        (chosen.length * (context - from));
      const previous = mean((pattern, t) => pattern[t * context + t - 1], 2);
      expectNear(attention?.previous_token_on_text, previous, 1, 'previous');
      const bos = mean((pattern, t) => pattern[t * context], 1);
      expectNear(attention?.bos_on_text, bos, 1, 'BOS');
      const even = mean((_, t) => 1 / (t + 1), 2);
      expectNear(attention_by_chance?.previous_token_on_text, even, 1, 'even');
    }
  });
});

describe('over the whole run, it agrees with a float64 reference', () => {
  it('in the ten intervals: their bounds, how many tokens are in each, and their shares', () => {
    let compared = 0;
    eachFeature((row, layer, i) => {
      if (row.count === 0) return expect(row.intervals).toEqual([]);
      compared++;
      const all = activations[layer].flatMap((own) => own.slice(1).map((f) => f[i])).filter((value) => value > 0);
      expect(row.intervals).toHaveLength(10);
      const max = all.reduce((a, b) => Math.max(a, b));
      for (const [k, { low, high, count, share }] of row.intervals.entries()) {
        expectNear(low, (max * (9 - k)) / 10, max, 'low');
        expectNear(high, (max * (10 - k)) / 10, max, 'high');
        const within = (slack: number) => all.filter((value) => value > low - slack && value <= high + slack).length;
        expect(count).toBeGreaterThanOrEqual(within(-1e-5));
        expect(count).toBeLessThanOrEqual(within(1e-5));
        expect(share).toBe(count / row.count);
      }
      expect(sum(row.intervals.map(({ count }) => count))).toBe(row.count);
    });
    expect(compared).toBeGreaterThan(80);
  });

  it('in the examples of the intervals: members of them, five at most, no two of one token, drawn from all of the run', () => {
    const places: number[] = [];
    eachFeature((row, layer, i) => {
      const own = (examples[layer].get(i) ?? []).filter(({ interval }) => interval > 0);
      for (const [k, { low, high, count }] of row.intervals.entries()) {
        const drawn = own.filter(({ interval }) => interval === k + 1);
        expect(drawn.map(({ rank }) => rank)).toEqual(drawn.map((_, rank) => rank));
        expect(drawn).toHaveLength(Math.min(5, count));
        expect(new Set(drawn.map(({ context: c, position }) => c * context + position)).size).toBe(drawn.length);
        for (const [rank, { activation, context: c, position }] of drawn.entries()) {
          expectNear(activation, activations[layer][c][position][i], row.max_activation, 'activation');
          expect(activation).toBeGreaterThan(low * (1 - 1e-6));
          expect(activation).toBeLessThanOrEqual(high * (1 + 1e-6));
          expect(activation).toBeLessThanOrEqual(drawn[rank - 1]?.activation ?? Number.POSITIVE_INFINITY);
          if (count > 100) places.push(c / contexts.length);
        }
      }
    });
    expect(places.length).toBeGreaterThan(500);
    // Of uniform draws the mean lies within 5 standard errors of the middle.
    const mean = sum(places) / places.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 / Math.sqrt(12 * places.length));
  });

  it('in context curves: what is left of the activation with all but the last tokens cut away', () => {
    let compared = 0;
    eachFeature((row, layer, i) => {
      const top = (examples[layer].get(i) ?? []).filter(({ interval }) => interval === 0);
      if (top.length === 0) return expect(row.context_curve).toBeNull();
      // One example a feature: the highest past three quarters of so short a context, else the highest.
      const target = top.find(({ position }) => position >= (3 / 4) * context) ?? top[0];
      const { context: c, position } = target;
      const whole = activations[layer][c][position][i];
      const curve: number[] = [];
      for (const n of [1, 2, 4, 8, 16]) {
        if (position <= n) break;
        const cut = [contexts[c][0], ...contexts[c].slice(position + 1 - n, position + 1)];
        curve.push(model.features(layer, model.run(cut).z[layer], n)[i] / whole);
        if (curve.length >= 2 && curve.slice(-2).every((share) => share >= 0.9)) break;
      }
      // A share within rounding of 0.9 may end the curve or not.
      if (curve.some((share) => Math.abs(share - 0.9) < 1e-3)) return;
      compared++;
      if (curve.length === 0) return expect(row.context_curve).toBeNull();
      expect(row.context_curve).toHaveLength(curve.length);
      for (const [k, share] of curve.entries()) expectNear(row.context_curve?.[k], share, 1, `${layer}/${i} at ${k}`);
    });
    expect(compared).toBeGreaterThan(80);
  });
});
