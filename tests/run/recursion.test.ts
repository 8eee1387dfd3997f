import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoadedSaes } from '../../pipeline/attribution/recursion/frozen-pass.ts';
import { type AttributionTerm, recursiveAttribution } from '../../pipeline/attribution/recursive-attribution.ts';
import { createEngine } from '../../pipeline/engine/index.ts';
import { loadModel } from '../../pipeline/files/model/model-dir.ts';
import type { UpstreamRow } from '../../pipeline/measures/upstream/table.ts';
import { Transformer } from '../../pipeline/model/transformer.ts';
import type { HostTensor } from '../../pipeline/numbers/tensor.ts';
import { loadSaes } from '../../pipeline/sae/formats/sae-dir.ts';
import { saeTensors, saeWeights } from '../../pipeline/sae/sae.ts';
import { openRun, type RunReader } from '../../pipeline/tables/reader.ts';
import { freeze } from '../attribution/recursion/freeze.ts';
import {
  type Expected,
  type ExpectedFeature,
  expectedOf,
  folderOf,
  referenceSeeds,
  removeTemporaryFolders,
  runReference,
} from './reference-case.ts';

const tolerance = 1e-4;
const layer = 1;

/** The reference's names of parts, and what they are here. */
const partNames: Readonly<Record<string, string>> = {
  embed: 'embedding',
  pos: 'position',
  'mlp.0': 'mlp.0',
  'attn.0.error': 'error.0',
  'attn.0.b_dec': 'decoder_bias.0',
  'attn.0.b_O': 'output_bias.0',
};

const onBackend = (tensors: Readonly<Record<string, HostTensor>>) =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { data, shape, dtype }]) => [name, tf.tensor(data, [...shape], dtype)]),
  );

async function loadReference(seed: number): Promise<{ transformer: Transformer; saes: LoadedSaes }> {
  await createEngine({ backend: 'tfjs-cpu' });
  await tf.setBackend('cpu');
  const { config, weights } = await loadModel(join(folderOf(seed), 'model'));
  const transformer = new Transformer(config, onBackend(weights));
  const saes = (await loadSaes(join(folderOf(seed), 'saes'), config)).map((sae) => {
    return [sae.layer, { sae, tensors: saeTensors(sae, onBackend(saeWeights(sae))) }] as const;
  });
  return { transformer, saes: new Map(saes) };
}

/** Attributions by kind and layer, and by upstream feature. */
function sumsOf(terms: readonly AttributionTerm[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { component, attribution } of terms) {
    const name = [component.kind, component.layer, component.feature].filter((part) => part !== null).join('.');
    sums.set(name, (sums.get(name) ?? 0) + attribution);
  }
  return sums;
}

describe.each(referenceSeeds)('recursive attribution agrees with the float64 reference of seed %i', (seed) => {
  let expected: Expected;
  let reader: RunReader;
  let upstream: ReadonlyMap<number, UpstreamRow[]>;

  beforeAll(async () => {
    expected = await expectedOf(seed);
    // With one example kept, the one explained is the first.
    reader = await openRun(await runReference(seed, { examples: 1, upstreamExamples: 1 }));
    upstream = await reader.upstream(String(layer), 0, 48);
  }, 120_000);
  afterAll(async () => {
    reader?.close();
    await removeTemporaryFolders();
  });

  const explained = () =>
    (expected.layers[layer]?.features ?? []).flatMap((wanted, feature) =>
      wanted.rdfa ? [{ feature, wanted, rdfa: wanted.rdfa }] : [],
    );
  const scaleOf = ({ rdfa }: ExpectedFeature) => Math.max(1, ...Object.values(rdfa?.parts ?? {}).map(Math.abs));

  it('in every part and the strongest upstream features of each first example', { timeout: 120_000 }, async () => {
    const { transformer, saes } = await loadReference(seed);
    const byContext = Map.groupBy(explained(), ({ rdfa }) => rdfa.context);
    expect(byContext.size).toBeGreaterThan(10);
    for (const [context, features] of byContext) {
      const [row] = await reader.contexts(context, context + 1);
      const prompt = await freeze(transformer, saes, [...(row?.token_ids ?? [])]);
      const targets = features.map(({ feature, rdfa }) => ({ feature, position: rdfa.position }));
      for (const [i, { terms }] of (await recursiveAttribution(prompt, layer, targets)).entries()) {
        const { wanted, rdfa } = features[i] ?? {};
        if (!wanted || !rdfa) throw new Error('unreachable: as many were asked for');
        const sums = sumsOf(terms);
        const close = (name: string, value: number) =>
          expect(Math.abs((sums.get(name) ?? 0) - value) / scaleOf(wanted), name).toBeLessThan(tolerance);
        for (const [name, value] of Object.entries(rdfa.parts)) close(partNames[name] ?? name, value);
        close('value_bias.1', rdfa.ln_and_value_bias);
        for (const [feature, value] of rdfa.upstream_features) close(`feature.0.${feature}`, value);
      }
      prompt.dispose();
    }
  });

  it('in the shares of the upstream table', () => {
    // Of 48 features one is dead.
    expect(explained()).toHaveLength(47);
    for (const { feature, wanted, rdfa } of explained()) {
      const activation = wanted.top?.[0]?.[2] ?? Number.NaN;
      const rows = upstream.get(feature) ?? [];
      const close = (row: UpstreamRow | undefined, value: number) =>
        expect(Math.abs((row?.share ?? Number.NaN) * activation - value) / scaleOf(wanted)).toBeLessThan(tolerance);
      for (const [name, value] of Object.entries(rdfa.parts)) {
        const [kind, from] = (partNames[name] ?? name).split('.');
        close(
          rows.find((row) => row.kind === kind && row.upstream_layer === (from ? Number(from) : null)),
          value,
        );
      }
      close(
        rows.find((row) => row.kind === 'value_bias'),
        rdfa.ln_and_value_bias,
      );
      close(
        rows.find((row) => row.kind === 'constant'),
        wanted.constant ?? Number.NaN,
      );
      for (const [upstreamFeature, value] of rdfa.upstream_features) {
        if (value !== 0)
          close(
            rows.find((row) => row.upstream_feature === upstreamFeature),
            value,
          );
      }
    }
  });

  it('and the shares of a feature sum to 1 over any number of examples', async () => {
    const run = await openRun(await runReference(seed, { upstreamExamples: 3 }));
    for (const each of run.saeIds) {
      const features = await run.features(each, 0, 48);
      const rows = await run.upstream(each, 0, 48);
      expect([...rows.keys()]).toEqual(features.filter(({ count }) => count > 0).map(({ feature }) => feature));
      for (const own of rows.values()) {
        const largest = Math.max(...own.map(({ share }) => Math.abs(share)));
        expect(Math.abs(own.reduce((sum, { share }) => sum + share, 0) - 1) / largest).toBeLessThan(tolerance);
        expect(own.map(({ rank }) => rank)).toEqual([...own.keys()]);
      }
    }
    run.close();
  }, 120_000);

  it('stands beside the wiring of alive features, strongest first, to features below', async () => {
    const wiring = await reader.wiring(String(layer), 0, 48);
    const alive = (await reader.features(String(layer), 0, 48))
      .filter(({ count }) => count > 0)
      .map(({ feature }) => feature);
    const below = (await reader.features('0', 0, 48)).filter(({ count }) => count > 0).map(({ feature }) => feature);
    expect([...wiring.keys()]).toEqual(alive);
    for (const rows of wiring.values()) {
      expect(rows.map(({ rank }) => rank)).toEqual([0, 1, 2, 3, 4]);
      const sizes = rows.map(({ value }) => Math.abs(value));
      expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
      for (const { upstream_layer, upstream_feature } of rows) {
        expect(upstream_layer).toBe(0);
        expect(below).toContain(upstream_feature);
      }
    }
  });

  it('is left out of a run that was told so, and then reads as nothing', async () => {
    const run = await openRun(await runReference(seed, { upstreamExamples: 0, wiring: 0, circuitTokens: 0 }));
    expect((await run.upstream(String(layer), 0, 48)).size).toBe(0);
    expect((await run.wiring(String(layer), 0, 48)).size).toBe(0);
    expect(await run.headCircuits()).toEqual([]);
    run.close();
  }, 120_000);
});
