import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { writeSyntheticRun } from '../../bench/synthetic/synthetic-run.ts';
import { exportSchema } from '../../pipeline/commands/export.ts';
import { labelSchema } from '../../pipeline/commands/label.ts';
import { watchDisk } from '../../pipeline/disk/disk.ts';
import { recordingEffects } from '../../pipeline/effects/recording.ts';
import { cantorPair } from '../../pipeline/exchange/circuit-tracer/cantor-pair.ts';
import { exportRun } from '../../pipeline/exchange/export-run.ts';
import { label } from '../../pipeline/labelling/label.ts';
import { openRun } from '../../pipeline/tables/reader.ts';
import { temporaryFolder } from '../files/temporary-folder.ts';
import { writeSeveralSaesRun } from './several-saes-run.ts';

async function exported(settings: object): Promise<string[]> {
  const { effects, lines } = recordingEffects();
  await exportRun(exportSchema.parse(settings), effects);
  return lines;
}

async function labelled(run: string, from: string, sae?: string): Promise<string[]> {
  const { effects, lines } = recordingEffects();
  await label(labelSchema.parse({ run, from: [from], sae }), effects);
  return lines;
}

describe('Neuronpedia’s tree of a layer with several SAEs', () => {
  let folder: string;
  let tree: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atlas-several-saes-'));
    const labels = ['1-16', '1-8'].map((sae) => ({ sae, feature: 3, label: `of ${sae}` }));
    await writeFile(join(folder, 'labels.json'), JSON.stringify(labels));
    tree = join(folder, 'out', 'synthetic');
    const run = join(folder, 'labelled');
    await writeSeveralSaesRun(run);
    await labelled(run, join(folder, 'labels.json'));
    await exported({ run, format: 'neuronpedia', set: 'att__kk', out: join(folder, 'out') });
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function labelsOf(run: string): Promise<string[]> {
    const reader = await openRun(run);
    const found = await Promise.all(['1-16', '1-8'].map((sae) => reader.labels(sae, 0, 12)));
    reader.close();
    return found.flatMap((labels) => [...labels.values()].flat().map(({ sae, label }) => `${sae}: ${label}`));
  }

  test('is read again as labels, each of the SAE that its source names', async () => {
    const run = join(folder, 'all');
    await writeSeveralSaesRun(run);
    expect(await readdir(tree)).toEqual(['0-att__kk', '1-att__kk__16', '1-att__kk__8']);
    expect(await labelled(run, tree)).toEqual(['label: 2 labels of 2 features read; the run now has 2']);
    expect(await labelsOf(run)).toEqual(['1-16: of 1-16', '1-8: of 1-8']);
  });

  test('leaves out labels of other SAEs than --sae', async () => {
    const run = join(folder, 'one');
    await writeSeveralSaesRun(run);
    expect((await labelled(run, tree, '1-8')).at(1)).toBe('label: left out: 1 of other SAEs than 1-8');
    expect(await labelsOf(run)).toEqual(['1-8: of 1-8']);
  });

  test('is refused where labels of several sources would be of one SAE', async () => {
    const run = join(folder, 'other');
    await writeSyntheticRun(run, { layers: 2, features: 12, heads: 2, vocabulary: 64, seed: 5 });
    for (const sae of [undefined, '1']) {
      await expect(labelled(run, tree, sae)).rejects.toThrow(
        /^labels of synthetic\/1-att__kk__16 and synthetic\/1-att__kk__8, expected of one of them for SAE 1 \(.*:1\)$/,
      );
    }
    const one = await labelled(run, join(tree, '1-att__kk__8'));
    expect(one).toEqual(['label: 1 labels of 1 features read; the run now has 1']);
  });
});

describe('circuit-tracer’s files of a layer with several SAEs', () => {
  let folder: string;
  let run: string;
  let out: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atlas-several-saes-'));
    run = join(folder, 'run');
    await writeSeveralSaesRun(run, { upstreamSaes: ['1-8'] });
  });
  afterAll(() => rm(folder, { recursive: true }));
  beforeEach(async () => {
    out = await temporaryFolder();
  });

  const written = (settings: object) => exported({ run, format: 'circuit-tracer', out, ...settings });

  /** How many files there are by SAE. */
  async function filesOf(scan: string): Promise<Record<string, number>> {
    const place = join(out, 'features', scan);
    const saes: string[] = [];
    for (const name of await readdir(place)) {
      saes.push(JSON.parse(await readFile(join(place, name), 'utf8')).transcoder_id);
    }
    return Object.fromEntries([...Map.groupBy(saes, (sae) => sae)].map(([sae, own]) => [sae, own.length]));
  }

  async function liveOf(sae: string): Promise<number> {
    const reader = await openRun(run);
    const { length } = await reader.liveFeatures(sae);
    reader.close();
    return length;
  }

  test('are of the one that upstream edges are of, or of the one that --sae names', async () => {
    expect((await written({})).at(0)).toBe(
      'export: SAE 1-16 left out: of layer 1 it is 1-8, unless --sae ID,… says another',
    );
    expect(await filesOf('synthetic')).toEqual({ 0: await liveOf('0'), '1-8': await liveOf('1-8') });
    await written({ sae: ['0', '1-16'], modelId: 'other' });
    expect(await filesOf('other')).toEqual({ 0: await liveOf('0'), '1-16': await liveOf('1-16') });
    await expect(written({ sae: ['1-16', '1-8'] })).rejects.toThrow(
      'saes 1-16 and 1-8 are of one layer, expected one a layer in --sae',
    );
  });

  test('are put beside those of other layers, and in place of those of the same', async () => {
    await written({ layers: [0] });
    await written({ layers: [1] });
    const place = join(out, 'features', 'synthetic');
    const dead = join(place, `${cantorPair(1, 5000)}.json`);
    await writeFile(dead, JSON.stringify({ transcoder_id: '1-8' }));
    expect((await written({ layers: [1] })).at(-1)).toBe(
      `export: ${place}: ${await liveOf('1-8')} features, beside ${await liveOf('0')} of other layers`,
    );
    expect(await filesOf('synthetic')).toEqual({ 0: await liveOf('0'), '1-8': await liveOf('1-8') });
    expect(await readdir(join(out, 'features'))).toEqual(['synthetic']);
  });

  test('are refused where the layer there is another SAE’s', async () => {
    await written({ sae: ['1-16'] });
    await expect(written({ sae: ['1-8'] })).rejects.toThrow(
      /^layer 1 is of sae 1-16 there, expected another --model-id or --out for sae 1-8 \(.*synthetic\/\d+\.json\)$/,
    );
    expect(await filesOf('synthetic')).toEqual({ '1-16': await liveOf('1-16') });
  });

  test('are whole wherever an export is stopped, and the next finds those of other layers', async () => {
    await written({ layers: [0] });
    const place = join(out, 'features', 'synthetic');
    for (const stop of ['write', 'rename'] as const) {
      watchDisk((operation, path) => {
        if (operation === stop && (stop === 'write' || path === place)) throw new Error('stopped');
      });
      await expect(written({ layers: [1] }).finally(() => watchDisk(undefined))).rejects.toThrow('stopped');
      if (stop === 'write') expect(await filesOf('synthetic')).toEqual({ 0: await liveOf('0') });
    }
    await written({ layers: [1] });
    expect(await filesOf('synthetic')).toEqual({ 0: await liveOf('0'), '1-8': await liveOf('1-8') });
    expect(await readdir(join(out, 'features'))).toEqual(['synthetic']);
  });
});
