import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { siteSchema } from '../../pipeline/commands/site.ts';
import { silentEffects } from '../../pipeline/effects.ts';
import { loadModel } from '../../pipeline/files/model/model-dir.ts';
import { findExplorerInputs } from '../../pipeline/publish/explorer/find-inputs.ts';
import { writeExplorerFiles } from '../../pipeline/publish/explorer/write-files.ts';
import { run } from '../../pipeline/run.ts';
import { openRun, type RunReader } from '../../pipeline/tables/reader.ts';
import { createSession } from '../../site/explorer/engine/session.ts';
import { type EqualSaes, equalSaes } from '../sae/equal-saes.ts';
import { platformOf } from '../site/explorer/engine/tiny-site.ts';
import { folderOf, referenceConfig, removeTemporaryFolders, temporaryFolder } from './reference-case.ts';
import { writeSaeFolder } from './site-case.ts';

const seed = 7;
const dSae = 40;
const tolerance = 2e-4;
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

async function runWith(site: keyof EqualSaes): Promise<string> {
  const folder = await temporaryFolder();
  const model = await loadModel(join(folderOf(seed), 'model'));
  for (const layer of [0, 1])
    await writeSaeFolder(join(folder, 'saes', `l${layer}`), equalSaes(model, layer, dSae)[site]);
  const settings = { saes: join(folder, 'saes'), upstreamExamples: 3 };
  const config = referenceConfig(seed, join(folder, 'out'), settings);
  await run(config, silentEffects());
  return config.out;
}

describe('a run with SAEs of the attention output', () => {
  let before: RunReader;
  let after: RunReader;
  let out: string;

  beforeAll(async () => {
    before = await openRun(await runWith('z'));
    out = await runWith('output');
    after = await openRun(out);
  }, 120_000);
  afterAll(async () => {
    before?.close();
    after?.close();
    await removeTemporaryFolders();
  });

  /** The numbers of what equal SAEs must agree in. */
  async function expectEqual(read: (reader: RunReader) => Promise<readonly number[]>): Promise<void> {
    const [wanted, actual] = [await read(before), await read(after)];
    expect(wanted.length).toBeGreaterThan(10);
    expect(actual).toHaveLength(wanted.length);
    const scale = Math.max(...wanted.map(Math.abs));
    wanted.forEach((value, i) => {
      expect(Math.abs((actual[i] ?? Number.NaN) - value) / Math.max(1, scale), `${i}`).toBeLessThan(tolerance);
    });
  }

  it('has the statistics, logit effects and families of one with equal SAEs of z', async () => {
    await expectEqual(async (reader) => {
      const rows = [...(await reader.features('0', 0, dSae)), ...(await reader.features('1', 0, dSae))];
      return rows.flatMap(({ count, mean_active, max_activation, positive_logits, negative_logits }) => [
        ...[count, mean_active, max_activation],
        ...[...positive_logits, ...negative_logits].map(({ value }) => value),
      ]);
    });
    const families = async (reader: RunReader) => (await reader.features('1', 0, dSae)).map(({ family }) => family);
    expect(await families(after)).toEqual(await families(before));
  });

  it('has its examples and their attributions, and b_O as a term that the sum needs', async () => {
    const top = async (reader: RunReader) =>
      [...(await reader.examples('1', 0, dSae)).values()].flat().filter(({ interval }) => interval === 0);
    await expectEqual(async (reader) =>
      (await top(reader)).flatMap(({ activation, dfa_head, dfa_source }) => [
        ...[activation, ...(dfa_head ?? []), ...(dfa_source ?? [])],
      ]),
    );
    const constants = new Map((await after.features('1', 0, dSae)).map(({ feature, constant }) => [feature, constant]));
    for (const { feature, activation, dfa_head, dfa_output_bias } of await top(after)) {
      const parts = sum(dfa_head ?? []) + (constants.get(feature) ?? Number.NaN);
      expect(Math.abs(parts + (dfa_output_bias ?? Number.NaN) - activation)).toBeLessThan(1e-3);
      expect(Math.abs(dfa_output_bias ?? 0)).toBeGreaterThan(1e-4);
    }
    for (const { dfa_output_bias } of await top(before)) expect(dfa_output_bias).toBe(0);
  });

  it('has its upstream features, with shares that sum to 1', async () => {
    const rows = async (reader: RunReader) => [...(await reader.upstream('1', 0, dSae)).values()];
    await expectEqual(async (reader) =>
      (await rows(reader))
        .flat()
        .filter(({ kind }) => kind === 'feature')
        .toSorted((a, b) => a.feature - b.feature || (a.upstream_feature ?? 0) - (b.upstream_feature ?? 0))
        .flatMap(({ share, wiring }) => [share, wiring ?? Number.NaN]),
    );
    for (const own of await rows(after)) {
      expect(Math.abs(sum(own.map(({ share }) => share)) - 1)).toBeLessThan(1e-3);
      expect(own.filter(({ kind, upstream_layer }) => kind === 'output_bias' && upstream_layer === 1)).toHaveLength(1);
    }
  });

  it('has its wiring, and the quality that replacing the attention output by ẑ·W_O gives', async () => {
    await expectEqual(async (reader) =>
      [...(await reader.wiring('1', 0, dSae)).values()].flat().map(({ value }) => Math.abs(value)),
    );
    await expectEqual(async (reader) =>
      (await reader.saes()).flatMap(({ l0, ce_clean, ce_sae, ce_mean, dead_features, d_in }) => [
        ...[l0, ce_clean, ce_sae, ce_mean, dead_features, d_in],
      ]),
    );
  });

  it('is published so that the explorer gives its activations, and sums that hold', async () => {
    const inputs = await findExplorerInputs(siteSchema.parse({ run: out, out: 'unused' }), after.record);
    if (typeof inputs === 'string') throw new Error(inputs);
    const folder = join(out, '..', 'explorer');
    await writeExplorerFiles(inputs, after, { folder, isLossless: true });
    await tf.setBackend('cpu');
    const session = createSession(platformOf(folder));
    await session.open('/', () => {});
    const examples = [...(await after.examples('1', 0, dSae)).values()].flat().filter(({ context }) => context < 4);
    expect(examples.length).toBeGreaterThan(5);
    for (const { context, position, feature, activation } of examples.slice(0, 6)) {
      const [row] = await after.contexts(context, context + 1);
      const ids = [...(row?.token_ids ?? [])];
      const along = await session.activations({ ids, edits: [] }, 1, feature);
      expect(Math.abs((along[position] ?? Number.NaN) - activation)).toBeLessThan(1e-2);
      const target = { layer: 1, feature, position };
      const direct = await session.attribution(ids, target);
      const total = sum(direct.byHeadAndSource) + direct.constant + direct.outputBias;
      expect(Math.abs(total - direct.preActivation)).toBeLessThan(1e-3);
      const { terms, remainder, constant, outputBias } = await session.decompose(ids, target, null, 0.01);
      const whole = sum(terms.map(({ attribution }) => attribution)) + remainder + constant + outputBias;
      expect(Math.abs(whole - direct.preActivation)).toBeLessThan(1e-3);
      const silenced = [{ action: 'zero', kind: 'feature', layer: 1, feature, position } as const];
      const [clean, without] = [await session.run({ ids, edits: [] }), await session.run({ ids, edits: silenced })];
      expect(without.predictions[position]).not.toEqual(clean.predictions[position]);
    }
  });
});
