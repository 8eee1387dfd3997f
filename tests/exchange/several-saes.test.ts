import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeSyntheticRun } from '../../bench/synthetic/synthetic-run.ts';
import { exportSchema } from '../../pipeline/commands/export.ts';
import { labelSchema } from '../../pipeline/commands/label.ts';
import { recordingEffects } from '../../pipeline/effects/recording.ts';
import { exportRun } from '../../pipeline/exchange/export-run.ts';
import { label } from '../../pipeline/labelling/label.ts';
import { openRun } from '../../pipeline/tables/reader.ts';
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
