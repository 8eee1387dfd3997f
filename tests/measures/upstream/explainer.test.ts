import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AttributionTarget } from '../../../pipeline/attribution/recursion/explain-targets.ts';
import type { FrozenPrompt } from '../../../pipeline/attribution/recursion/frozen-prompt.ts';
import {
  type AttributionTerm,
  type RecursiveAttribution,
  recursiveAttribution,
} from '../../../pipeline/attribution/recursive-attribution.ts';
import { createEngine } from '../../../pipeline/engine/index.ts';
import type { Engine } from '../../../pipeline/engine/program.ts';
import { Explainer } from '../../../pipeline/measures/upstream/explainer.ts';
import { openFrozenPass } from '../../../pipeline/measures/upstream/frozen-contexts.ts';
import type { ExplainedExample, Part } from '../../../pipeline/measures/upstream/layer-sums.ts';
import { componentsBelow, lowerSites, type UpstreamSaes } from '../../../pipeline/measures/upstream/programs.ts';
import type { Model } from '../../../pipeline/model/model.ts';
import { freeze } from '../../attribution/recursion/freeze.ts';
import {
  hostWeights,
  nested,
  tinyConfig,
  tinySaes,
  tinyTokens,
  tinyTransformer,
} from '../../attribution/recursion/tiny-prompt.ts';

const layer = 3;
const loaded = tinySaes([0, 1, 2, 3]);
const all = [...loaded.values()].map(({ sae }) => sae);
const saes: UpstreamSaes = { readers: all, lower: all.slice(0, layer) };
const [reader] = all.slice(layer);

interface Sum {
  readonly attribution: number;
  readonly size: number;
  readonly sizeTimesDistance: number;
  readonly byHead: readonly number[];
  readonly first: AttributionTerm;
}

/** The terms of each component or feature, over their sources. */
function sumsOf({ terms, position }: RecursiveAttribution): Map<string, Sum> {
  const groups = Map.groupBy(terms, ({ component: { kind, layer: from, feature } }) => `${kind} ${from} ${feature}`);
  return new Map(
    [...groups].map(([name, own]) => {
      const [first] = own;
      const total = (value: (term: AttributionTerm) => number) => own.reduce((sum, term) => sum + value(term), 0);
      const size = total(({ attribution }) => Math.abs(attribution));
      const sizeTimesDistance = total(({ attribution, source }) => Math.abs(attribution) * (position - source));
      const byHead = Array.from(first.byHead, (_, head) => total((term) => term.byHead[head]));
      return [name, { attribution: total(({ attribution }) => attribution), size, sizeTimesDistance, byHead, first }];
    }),
  );
}

/** What a feature's wiring through a head is multiplied with at its first source: A/σ·f. */
function perWiring({ layers, active }: FrozenPrompt, { first }: Sum, position: number, head: number): number {
  const { component, source } = first;
  const { features, sources, values } = active.get(component.layer ?? 0) ?? { features: [], sources: [], values: [] };
  const row = Array.from(features).findIndex((feature, at) => feature === component.feature && sources[at] === source);
  const frozen = layers[layer];
  const pattern = nested(frozen?.pattern, tf.Rank.R3)[head][position][source];
  return (values[row] * pattern) / nested(frozen?.scale, tf.Rank.R2)[source][0];
}

function expectPart(part: Part | undefined, wanted: Sum | undefined): void {
  expect(part?.attribution).toBeCloseTo(wanted?.attribution ?? Number.NaN, 5);
  expect(part?.size).toBeCloseTo(wanted?.size ?? Number.NaN, 5);
  expect(part?.sizeTimesDistance).toBeCloseTo(wanted?.sizeTimesDistance ?? Number.NaN, 4);
  const byHead = wanted?.byHead ?? [];
  expect(Math.abs(byHead[part?.head ?? Number.NaN])).toBeCloseTo(Math.max(...byHead.map(Math.abs)), 5);
}

describe('what features read of a context', () => {
  let engine: Engine;
  let model: Model;
  let prompt: FrozenPrompt;
  /** Each feature where it is active last. */
  let targets: AttributionTarget[];

  beforeAll(async () => {
    engine = await createEngine({ backend: 'tfjs-cpu' });
    const transformer = await tinyTransformer();
    model = { config: tinyConfig, weights: await hostWeights(transformer) };
    prompt = await freeze(transformer, loaded, tinyTokens);
    const active = prompt.active.get(layer);
    const last = new Map(Array.from(active?.features ?? [], (feature, row) => [feature, active?.sources[row] ?? 0]));
    targets = [...last].map(([feature, position]) => ({ feature, position }));
  });

  async function explained(of: readonly AttributionTarget[]): Promise<Map<number, ExplainedExample>> {
    const contexts = { length: tinyTokens.length, read: async () => Int32Array.from(tinyTokens) };
    const pass = await openFrozenPass({ engine, model, contexts }, saes, 1);
    const explainer = new Explainer(engine, model, saes, tinyTokens.length);
    const found = new Map<number, ExplainedExample>();
    const frozen = await pass.run([0]);
    await explainer.explain(frozen(0), new Map([[reader.id, of]]), (_sae, feature, example) =>
      found.set(feature, example),
    );
    await Promise.all([pass.dispose(), explainer.dispose()]);
    return found;
  }

  // With as many targets as twice dHead, 8, through the heads' values; with fewer by directions.
  it.each([
    ['few', 5],
    ['many', Number.POSITIVE_INFINITY],
  ])('of %s features is what recursive attribution says, term by term', async (_name, count) => {
    const some = targets.slice(0, count);
    expect(some.length >= 2 * tinyConfig.dHead).toBe(count > 5);
    const found = await explained(some);
    expect([...found.keys()].toSorted((a, b) => a - b)).toEqual(
      some.map(({ feature }) => feature).toSorted((a, b) => a - b),
    );
    const components = componentsBelow(model, layer, lowerSites(saes));
    let compared = 0;
    for (const wanted of await recursiveAttribution(prompt, layer, some)) {
      const own = found.get(wanted.feature);
      const sums = sumsOf(wanted);
      for (const [i, { kind, layer: from }] of components.entries()) {
        expectPart(own?.parts[i], sums.get(`${kind} ${from} null`));
      }
      const byMagnitude = [...sums]
        .filter(([name]) => name.startsWith('feature '))
        .toSorted(([, a], [, b]) => Math.abs(b.attribution) - Math.abs(a.attribution))
        .slice(0, 24);
      expect(own?.features.map((part) => `feature ${part.layer} ${part.feature}`)).toEqual(
        byMagnitude.map(([name]) => name),
      );
      for (const [i, [, sum]] of byMagnitude.entries()) {
        const part = own?.features[i];
        expectPart(part, sum);
        expect((part?.wiring ?? Number.NaN) * perWiring(prompt, sum, wanted.position, part?.head ?? 0)).toBeCloseTo(
          sum.first.byHead[part?.head ?? 0],
          5,
        );
        compared++;
      }
      const everything = [...sums.values()].reduce((sum, { attribution }) => sum + attribution, 0);
      const dense = (own?.parts ?? []).reduce((sum, { attribution }) => sum + attribution, 0);
      expect((own?.allFeatures ?? Number.NaN) + dense).toBeCloseTo(everything, 5);
    }
    expect(compared).toBeGreaterThan(60);
  });
});
