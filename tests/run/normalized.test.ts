import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunConfig } from '../../pipeline/commands/run.ts';
import { silentEffects } from '../../pipeline/effects.ts';
import { loadModel } from '../../pipeline/files/model/model-dir.ts';
import type { ExampleRow, FeatureRow } from '../../pipeline/measures/statistics/table.ts';
import { run } from '../../pipeline/run.ts';
import { loadSaes } from '../../pipeline/sae/formats/sae-dir.ts';
import { openRun, type RunReader } from '../../pipeline/tables/reader.ts';
import { plainForward } from '../model/plain-llama.ts';
import { plainOfToy, randomCheckpoint } from '../model/rotary-cases.ts';
import { toy } from '../model/toy-family.ts';
import { removeTemporaryFolders } from './reference-case.ts';
import { toyCase, toyJsonOfRun, toyLayers, toySae } from './toy-case.ts';

const tolerance = 1e-4;
const normalizations = ['layer_norm', 'constant_norm_rescale', 'layer_norm'] as const;
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

/** The toy's case with its SAEs told to scale each position's input. */
async function normalizedCase(): Promise<RunConfig> {
  const config = await toyCase(toyLayers, { studies: ['ioi'], upstreamExamples: 3 });
  for (const layer of toyLayers) {
    const path = join(config.saes, `l${layer}`, 'cfg.json');
    const cfg = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...cfg, normalize_activations: normalizations[layer] }));
  }
  return config;
}

describe('a run of SAEs that scale each position', () => {
  let config: RunConfig;
  let reader: RunReader;
  const features: FeatureRow[][] = [];
  const examples: ReadonlyMap<number, ExampleRow[]>[] = [];

  beforeAll(async () => {
    config = await normalizedCase();
    await run(config, silentEffects());
    reader = await openRun(config.out);
    for (const layer of toyLayers) {
      features.push(await reader.features(String(layer), 0, toySae.dSae));
      examples.push(await reader.examples(String(layer), 0, toySae.dSae));
    }
  }, 120_000);
  afterAll(async () => {
    reader?.close();
    await removeTemporaryFolders();
  });

  it('has direct attributions that sum with the constant to the activation', () => {
    let compared = 0;
    for (const layer of toyLayers) {
      for (const row of features[layer] ?? []) {
        for (const { dfa_source: bySource, dfa_head: byHead, activation } of examples[layer]?.get(row.feature) ?? []) {
          if (!bySource || !byHead) continue;
          const scale = Math.max(1, row.max_activation);
          expect(Math.abs(sum(bySource) + row.constant - activation) / scale).toBeLessThan(tolerance);
          expect(Math.abs(sum(byHead) + row.constant - activation) / scale).toBeLessThan(tolerance);
          compared++;
        }
      }
    }
    expect(compared).toBeGreaterThan(500);
  });

  it('has the activations that the normalised z of a plain float64 forward pass gives', async () => {
    const plain = plainOfToy(randomCheckpoint(toy, toyJsonOfRun));
    const { config: model } = await loadModel(config.model);
    const saes = await loadSaes(config.saes, model);
    const [context] = await reader.contexts(0, 1);
    const pass = plainForward(plain, [...(context?.token_ids ?? [])]);
    let compared = 0;
    for (const { layer, wEnc } of saes) {
      for (const row of features[layer] ?? []) {
        for (const { context: number, position, activation } of examples[layer]?.get(row.feature) ?? []) {
          if (number !== 0) continue;
          const x = normalizedBy(normalizations[layer], pass.layers[layer]?.z[position] ?? []);
          const read = sum(x.map((value, d) => value * (wEnc.data[d * toySae.dSae + row.feature] ?? 0)));
          expect(Math.abs(activation - read - row.constant) / row.max_activation).toBeLessThan(tolerance);
          compared++;
        }
      }
    }
    expect(compared).toBeGreaterThan(10);
  });

  it('has upstream shares that sum to 1', async () => {
    let compared = 0;
    for (const layer of toyLayers) {
      for (const rows of (await reader.upstream(String(layer), 0, toySae.dSae)).values()) {
        const largest = Math.max(...rows.map(({ share }) => Math.abs(share)));
        expect(Math.abs(sum(rows.map(({ share }) => share)) - 1) / largest).toBeLessThan(tolerance);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(50);
  });
});

/** As SAELens has it: x less its mean over its deviation, or x at length √d. */
function normalizedBy(how: (typeof normalizations)[number] | undefined, x: readonly number[]): number[] {
  if (how === 'constant_norm_rescale') {
    const norm = Math.sqrt(sum(x.map((value) => value * value)));
    return x.map((value) => (value * Math.sqrt(x.length)) / norm);
  }
  const mean = sum(x) / x.length;
  const std = Math.sqrt(sum(x.map((value) => (value - mean) ** 2)) / (x.length - 1));
  return x.map((value) => (value - mean) / (std + 1e-5));
}
