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
import { openSiteData } from '../../site/build/site-data.ts';
import { featurePage } from '../../site/compose/feature-page.ts';
import { createSession } from '../../site/explorer/engine/session.ts';
import { createLinks } from '../../site/page-kit/links.ts';
import { equalSaes } from '../sae/equal-saes.ts';
import { platformOf } from '../site/explorer/engine/tiny-site.ts';
import { folderOf, referenceConfig, removeTemporaryFolders, temporaryFolder } from './reference-case.ts';
import { writeSaeFolder } from './site-case.ts';

const seed = 7;
const sizes = new Map([
  ['0', 20],
  ['1-out-20', 20],
  ['1-z-20', 20],
  ['1-z-30', 30],
]);
const tolerance = 1e-4;

let folder: string;

async function writeSaes(): Promise<void> {
  const model = await loadModel(join(folderOf(seed), 'model'));
  const upper = equalSaes(model, 1, 20);
  await writeSaeFolder(join(folder, 'saes', 'below'), equalSaes(model, 0, 20).z);
  await writeSaeFolder(join(folder, 'saes', 'narrow'), upper.z);
  await writeSaeFolder(join(folder, 'saes', 'wide'), equalSaes(model, 1, 30).z);
  await writeSaeFolder(join(folder, 'saes', 'out'), upper.output);
}

async function runOf(name: string, select?: string[]): Promise<RunReader> {
  const settings = { saes: join(folder, 'saes'), upstreamExamples: 2, ...(select ? { select } : {}) };
  const config = referenceConfig(seed, join(folder, name), settings);
  await run(config, silentEffects());
  return openRun(config.out);
}

describe('a run with several SAEs of a layer', () => {
  let all: RunReader;
  const alone = new Map<string, RunReader>();

  beforeAll(async () => {
    folder = await temporaryFolder();
    await writeSaes();
    all = await runOf('all');
    for (const [id, name] of [
      ['1-out-20', 'out'],
      ['1-z-20', 'narrow'],
      ['1-z-30', 'wide'],
    ] as const) {
      alone.set(id, await runOf(`alone-${name}`, [name]));
    }
  }, 240_000);
  afterAll(async () => {
    for (const reader of [all, ...alone.values()]) reader?.close();
    await removeTemporaryFolders();
  });

  it('names each by its layer, or by what tells it from others of the layer', async () => {
    expect(all.saeIds).toEqual([...sizes.keys()]);
    expect((await all.saes()).map(({ layer, site, d_sae }) => [layer, site, d_sae])).toEqual([
      [0, 'z', 20],
      [1, 'attn_out', 20],
      [1, 'z', 20],
      [1, 'z', 30],
    ]);
    expect([...alone.values()].map(({ saeIds }) => saeIds)).toEqual([['1'], ['1'], ['1']]);
  });

  /** The same numbers of an SAE among others and alone. */
  async function expectSame(read: (reader: RunReader, sae: string) => Promise<readonly (number | string | null)[]>) {
    for (const [id, reader] of alone) {
      const [among, own] = [await read(all, id), await read(reader, '1')];
      expect(own.length).toBeGreaterThan(5);
      expect(among).toHaveLength(own.length);
      own.forEach((value, i) => {
        const other = among[i];
        if (typeof value !== 'number') expect(other, `${id} ${i}`).toBe(value);
        else
          expect(Math.abs(Number(other) - value) / Math.max(1, Math.abs(value)), `${id} ${i}`).toBeLessThan(tolerance);
      });
    }
  }

  it('has the statistics, logit effects and families that each has alone', () =>
    expectSame(async (reader, sae) =>
      (await reader.features(sae, 0, 50)).flatMap((row) => [
        ...[row.feature, row.count, row.density, row.mean_active, row.max_activation, row.constant, row.family],
        ...[...row.head_weights, ...row.histogram.counts],
        ...row.positive_logits.flatMap(({ token_id, value }) => [token_id, value]),
      ]),
    ));

  it('has the examples and attributions that each has alone', () =>
    expectSame(async (reader, sae) =>
      [...(await reader.examples(sae, 0, 50)).values()]
        .flat()
        .flatMap((row) => [
          ...[row.feature, row.interval, row.rank, row.context, row.position, row.activation, row.dfa_output_bias],
          ...[...(row.dfa_source ?? []), ...(row.dfa_head ?? [])],
        ]),
    ));

  it('has the quality and the head verdicts that each has alone', async () => {
    await expectSame(async (reader, sae) =>
      (await reader.saes())
        .filter((row) => row.sae === sae)
        .flatMap((row) => [
          row.d_in,
          row.l0,
          row.explained_variance,
          row.ce_sae,
          row.ce_zero,
          row.ce_mean,
          row.dead_features,
        ]),
    );
    await expectSame(async (reader, sae) =>
      (await reader.heads())
        .filter((row) => row.sae === sae)
        .flatMap((row) => [row.layer, row.head, row.polysemanticity, ...row.top_features, ...row.top_weights]),
    );
  });

  it('has head circuits and the mean z once a layer', async () => {
    const { nHeads } = all.record.model;
    expect(await all.headCircuits()).toHaveLength(2 * nHeads);
    expect((await all.zMeans()).map(({ layer }) => layer)).toEqual([0, 1]);
  });

  it('explains each by the lower SAE, whose shares sum to 1', async () => {
    for (const sae of ['1-out-20', '1-z-20', '1-z-30']) {
      const rows = [...(await all.upstream(sae, 0, 50)).values()];
      expect(rows.length).toBeGreaterThan(3);
      for (const own of rows) expect(Math.abs(own.reduce((sum, { share }) => sum + share, 0) - 1)).toBeLessThan(1e-3);
      expect(new Set(rows.flat().flatMap(({ upstream_sae }) => upstream_sae ?? []))).toEqual(new Set(['0']));
      const wired = [...(await all.wiring(sae, 0, 50)).values()].flat();
      expect(new Set(wired.map(({ upstream_sae }) => upstream_sae))).toEqual(new Set(['0']));
    }
  });

  it('has a page for each feature at its SAE’s address, linked to its neighbours and heads there', async () => {
    const data = await openSiteData(join(folder, 'all'), createLinks('/'));
    const { page, env } = await data.featurePage('1-z-30', 4);
    const { body } = featurePage(page, env);
    expect(body.text).toContain('<h1>Feature <b>1-z-30/4</b></h1>');
    for (const link of ['/f/1-z-30/5.html', '/h/1-z-30/0.html', '/features.html?sae=1-z-30', '/f/0/']) {
      expect(body.text).toContain(link);
    }
    data.reader.close();
  });

  it('is published with all SAEs of a layer, of which the one that the run asked for answers', async () => {
    const inputs = await findExplorerInputs(siteSchema.parse({ run: join(folder, 'all'), out: 'unused' }), all.record);
    if (typeof inputs === 'string') throw new Error(inputs);
    expect(inputs.saes.map(({ id }) => id)).toEqual(['0', '1-out-20', '1-z-20', '1-z-30']);
    const asked = { ...all.record, config: { ...all.record.config, upstreamSaes: ['1-z-30'] } };
    const other = await findExplorerInputs(siteSchema.parse({ run: join(folder, 'all'), out: 'unused' }), asked);
    if (typeof other === 'string') throw new Error(other);
    await writeExplorerFiles(other, all, { folder: join(folder, 'explorer'), isLossless: true });
    await tf.setBackend('cpu');
    const session = createSession(platformOf(join(folder, 'explorer')));
    expect((await session.open('/', () => {})).saes.map(({ id }) => id)).toEqual(['0', '1-z-30', '1-out-20', '1-z-20']);
    const [example] = [...(await all.examples('1-z-30', 0, 30)).values()].flat();
    const [row] = await all.contexts(example?.context ?? 0, (example?.context ?? 0) + 1);
    const along = await session.activations({ ids: [...(row?.token_ids ?? [])], edits: [] }, 1, example?.feature ?? 0);
    expect(Math.abs((along[example?.position ?? 0] ?? Number.NaN) - (example?.activation ?? 0))).toBeLessThan(1e-2);
  });

  it('finds the same feature in the SAEs before and after W_O: a twin of what both write', async () => {
    const rows = [...(await all.neighbours('1-z-20', 0, 20)).values()].flat();
    const twins = rows.filter(({ twin }) => twin);
    expect(twins.length).toBeGreaterThan(5);
    for (const { feature, other_feature, other_sae, value } of twins) {
      if (other_sae === '1-out-20') expect(other_feature).toBe(feature);
      expect(value).toBeGreaterThan(0.999);
    }
    expect(twins.map(({ other_sae }) => other_sae)).toContain('1-out-20');
    const own = rows.filter(({ kind, other_sae }) => kind === 'activation' && other_sae !== '1-z-20');
    expect(own).toEqual([]);
  });
});
