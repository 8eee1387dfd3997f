import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunConfig } from '../../pipeline/commands/run.ts';
import { siteSchema } from '../../pipeline/commands/site.ts';
import { silentEffects } from '../../pipeline/effects.ts';
import type { ExampleRow, FeatureRow } from '../../pipeline/measures/statistics/table.ts';
import { findExplorerInputs } from '../../pipeline/publish/explorer/find-inputs.ts';
import { writeExplorerFiles } from '../../pipeline/publish/explorer/write-files.ts';
import { run } from '../../pipeline/run.ts';
import { openRun, type RunReader } from '../../pipeline/tables/reader.ts';
import { createSession } from '../../site/explorer/engine/session.ts';
import { plainForward } from '../model/plain-llama.ts';
import { plainOfToy, randomCheckpoint } from '../model/rotary-cases.ts';
import { toy } from '../model/toy-family.ts';
import { platformOf } from '../site/explorer/engine/tiny-site.ts';
import { removeTemporaryFolders } from './reference-case.ts';
import { toyCase, toyJsonOfRun, toyLayers, toySae } from './toy-case.ts';

const tolerance = 1e-4;
const nHeads = 4;
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

describe('a run of an invented family', () => {
  let config: RunConfig;
  let reader: RunReader;
  const features: FeatureRow[][] = [];
  const examples: ReadonlyMap<number, ExampleRow[]>[] = [];

  beforeAll(async () => {
    config = await toyCase(toyLayers, { studies: ['induction', 'ioi'], upstreamExamples: 3 });
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

  /** The top examples of every feature, by their direct attribution. */
  const attributed = () =>
    toyLayers.flatMap((layer) =>
      (features[layer] ?? []).flatMap((row) =>
        (examples[layer]?.get(row.feature) ?? []).flatMap((example) => {
          const { dfa_source: bySource, dfa_head: byHead } = example;
          return bySource && byHead ? [{ layer, row, example, bySource, byHead }] : [];
        }),
      ),
    );

  it('has direct attributions that sum with the constant to the activation', () => {
    const all = attributed();
    expect(all.length).toBeGreaterThan(500);
    for (const { row, example, bySource, byHead } of all) {
      expect([bySource.length, byHead.length]).toEqual([example.position + 1, nHeads]);
      const scale = Math.max(1, row.max_activation);
      expect(Math.abs(sum(bySource) + row.constant - example.activation) / scale).toBeLessThan(tolerance);
      expect(Math.abs(sum(byHead) + row.constant - example.activation) / scale).toBeLessThan(tolerance);
    }
  });

  it('has the activations that a plain float64 forward pass and encoder give', async () => {
    const plain = plainOfToy(randomCheckpoint(toy, toyJsonOfRun));
    const saes = await encodersOf(config);
    const [context] = await reader.contexts(0, 1);
    const pass = plainForward(plain, [...(context?.token_ids ?? [])]);
    let compared = 0;
    for (const { layer, row, example } of attributed()) {
      if (example.context !== 0) continue;
      const z = pass.layers[layer]?.z[example.position] ?? [];
      const wanted =
        sum(z.map((value, d) => value * (saes[layer]?.[d * toySae.dSae + row.feature] ?? 0))) + row.constant;
      expect(Math.abs(example.activation - wanted) / row.max_activation).toBeLessThan(tolerance);
      compared++;
    }
    expect(compared).toBeGreaterThan(10);
  });

  it('has upstream shares that sum to 1, and are of what such a model has, biases not among them', async () => {
    const kinds = new Set<string>();
    for (const layer of toyLayers) {
      const upstream = await reader.upstream(String(layer), 0, toySae.dSae);
      const active = (features[layer] ?? []).filter(({ count }) => count > 0).map(({ feature }) => feature);
      expect([...upstream.keys()]).toEqual(active);
      for (const rows of upstream.values()) {
        const largest = Math.max(...rows.map(({ share }) => Math.abs(share)));
        expect(Math.abs(sum(rows.map(({ share }) => share)) - 1) / largest).toBeLessThan(tolerance);
        for (const { kind } of rows) kinds.add(kind);
      }
    }
    const wanted = ['embedding', 'feature', 'other_features', 'error', 'decoder_bias', 'mlp', 'constant'];
    expect([...kinds].toSorted()).toEqual(wanted.toSorted());
  });

  it('has the wiring, circuits by distance and attention of every head', async () => {
    const circuits = await reader.headCircuits();
    expect(circuits.map(({ layer, head }) => [layer, head])).toEqual(
      toyLayers.flatMap((layer) => Array.from({ length: nHeads }, (_, head) => [layer, head])),
    );
    for (const { scores, qk_singular, ov_singular, writes, attends, ...profiles } of circuits) {
      const measured = Object.entries(scores);
      expect(measured.map(([name]) => name)).toContain('recency_by_position');
      expect([profiles.by_distance.length, profiles.same_token_by_distance.length]).toEqual([128, 128]);
      expect([qk_singular.length, ov_singular.length]).toEqual([6, 6]);
      expect(Math.min(writes.length, attends.length)).toBeGreaterThan(0);
      for (const value of [
        ...measured.map(([, value]) => value),
        ...qk_singular,
        ...ov_singular,
        ...profiles.by_distance,
      ])
        expect(value).toSatisfy(Number.isFinite);
    }
    const heads = await reader.heads();
    expect(heads).toHaveLength(toyLayers.length * nHeads);
    for (const { attention } of heads) expect(attention?.entropy_on_text).toBeGreaterThan(0);
    for (const layer of [1, 2]) expect((await reader.wiring(String(layer), 0, toySae.dSae)).size).toBeGreaterThan(10);
  });

  it('has an SAE quality that is finite', async () => {
    const saes = await reader.saes();
    expect(saes.map(({ d_in }) => d_in)).toEqual([24, 24, 24]);
    for (const row of saes) {
      for (const value of Object.values(row)) if (typeof value === 'number') expect(value).toSatisfy(Number.isFinite);
      expect(row.ce_clean).toBeGreaterThan(0);
      expect(row.ce_zero).not.toBe(row.ce_clean);
    }
  });

  it('is studied: its induction is measured, and that it cannot do the task is said', async () => {
    expect((await reader.study('induction'))?.verdict).toBeTruthy();
    expect((await reader.study('ioi'))?.verdict).toMatch(
      /^The model cannot do indirect-object identification: it solves 0 of the \d+ IOI templates\. /,
    );
  });

  it('is published so that the explorer gives the activations of the run', async () => {
    const inputs = await findExplorerInputs(siteSchema.parse({ run: config.out, out: 'unused' }), reader.record);
    if (typeof inputs === 'string') throw new Error(inputs);
    const folder = join(config.out, '..', 'explorer');
    await writeExplorerFiles(inputs, reader, { folder, isLossless: true });
    await tf.setBackend('cpu');
    const session = createSession(platformOf(folder));
    await session.open('/', () => {});
    const shown = attributed().filter(({ example }) => example.context < 6);
    expect(new Set(shown.map(({ example }) => example.context)).size).toBe(6);
    for (const [context, own] of Map.groupBy(shown, ({ example }) => example.context)) {
      const [row] = await reader.contexts(context, context + 1);
      const ids = [...(row?.token_ids ?? [])];
      for (const { layer, row: feature, example, bySource } of own) {
        const scale = Math.max(1, feature.max_activation);
        const along = await session.activations({ ids, edits: [] }, layer, feature.feature);
        expect(Math.abs((along[example.position] ?? Number.NaN) - example.activation) / scale).toBeLessThan(1e-3);
        const target = { layer, feature: feature.feature, position: example.position };
        const { byHeadAndSource } = await session.attribution(ids, target);
        const first = sum(byHeadAndSource.filter((_, i) => i % (example.position + 1) === 0));
        expect(Math.abs(first - (bySource[0] ?? Number.NaN)) / scale).toBeLessThan(1e-3);
      }
      const edge = { layer: 2, head: 3, destination: 20, source: 11 };
      const { pairs, score } = await session.score(ids, edge);
      expect(Math.abs(sum(pairs) - score)).toBeLessThan(1e-3);
    }
  });
});

/** W_enc of each layer's SAE, by the bytes of its file: [dIn, dSae]. */
async function encodersOf({ saes }: RunConfig): Promise<Float32Array[]> {
  return Promise.all(
    toyLayers.map(async (layer) => {
      const bytes = await readFile(join(saes, `l${layer}`, 'sae_weights.safetensors'));
      const size = Number(bytes.readBigUInt64LE(0));
      const [from, to] = JSON.parse(bytes.toString('utf8', 8, 8 + size)).W_enc.data_offsets;
      return new Float32Array(bytes.buffer.slice(bytes.byteOffset + 8 + size + from, bytes.byteOffset + 8 + size + to));
    }),
  );
}

it('the command line reads an invented family where a file that Node runs first registers it', async () => {
  const { model, saes, corpus } = await toyCase([1]);
  const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  const argv = ['evaluate', '--model', model, '--saes', saes, '--corpus', ...corpus, '--context', '32'];
  const atlas = (...options: string[]) =>
    spawnSync(at('../../node_modules/node/bin/node'), [...options, at('../../pipeline/cli.ts'), ...argv], {
      encoding: 'utf8',
    });
  const known = atlas('--import', new URL('../model/register-toy.ts', import.meta.url).href);
  expect([known.status, known.stdout]).toEqual([0, expect.stringContaining('measured on')]);
  const unknown = atlas();
  expect(unknown.status).toBe(1);
  expect(unknown.stderr).toMatch(/^atlas: unsupported model_type: toy, expected gpt2, .*llama, .* \(.*\)\n$/);
  await removeTemporaryFolders();
});
