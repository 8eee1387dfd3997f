import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { writeSyntheticRun } from '../../bench/synthetic/synthetic-run.ts';
import { exportSchema } from '../../pipeline/commands/export.ts';
import { labelSchema } from '../../pipeline/commands/label.ts';
import { recordingEffects } from '../../pipeline/effects/recording.ts';
import { exportRun } from '../../pipeline/exchange/export-run.ts';
import { label } from '../../pipeline/labelling/label.ts';
import type { NeighbourRow } from '../../pipeline/measures/neighbours/table.ts';
import type { ExampleRow, FeatureRow } from '../../pipeline/measures/statistics/table.ts';
import { openRun } from '../../pipeline/tables/reader.ts';
import { temporaryFolder } from '../files/temporary-folder.ts';

let folder: string;
let run: string;

beforeEach(async () => {
  const lines = [{ layer: 1, feature: 3, label: 'names', model: 'a', score: 0.75, score_kind: 'detection' }];
  folder = await temporaryFolder({ 'labels.jsonl': lines.map((line) => JSON.stringify(line)).join('\n') });
  run = join(folder, 'run');
  await writeSyntheticRun(run, { layers: 2, features: 60, heads: 2, vocabulary: 64, seed: 5 });
  await label(labelSchema.parse({ run, from: [join(folder, 'labels.jsonl')] }), recordingEffects().effects);
});

test('what is no address is refused as one of a release', () => {
  const settings = { run, out: 'out', format: 'neuronpedia' };
  for (const url of ['javascript:alert(1)', 'arxiv.org'])
    expect(() => exportSchema.parse({ ...settings, url })).toThrow('expected an address such as https://arxiv.org');
  expect(exportSchema.parse({ ...settings, url: 'https://arxiv.org/abs/2406.17759' }).url).toMatch(/^https/);
});

test.each(['neuronpedia', 'circuit-tracer'])('a name of %s leads nowhere out of its folder', async (format) => {
  await exported({ format, modelId: '..', layers: [0] });
  const entries = await readdir(folder);
  expect(entries.toSorted()).toEqual(['labels.jsonl', 'out', 'run']);
  const inside = await readdir(join(folder, 'out'), { recursive: true });
  expect(inside.some((path) => path.split('/').includes('unnamed'))).toBe(true);
});

test('the run itself is no place for its export', async () => {
  await expect(exported({ format: 'neuronpedia', out: `${run}/.` })).rejects.toThrow('--out is the run itself');
});

async function exported(settings: object): Promise<string[]> {
  const { effects, lines } = recordingEffects();
  await exportRun(exportSchema.parse({ run, out: join(folder, 'out'), ...settings }), effects);
  return lines;
}

/** The tables of the run as they are: what an export is compared with. */
async function tables(): Promise<{
  rows: FeatureRow[];
  examples: ReadonlyMap<number, ExampleRow[]>;
  nearest: ReadonlyMap<number, NeighbourRow[]>;
  tokens: string[];
}> {
  const reader = await openRun(run);
  const rows = await reader.features('1', 0, 2048);
  const examples = await reader.examples('1', 0, 2048);
  const nearest = await reader.neighbours('1', 0, 2048);
  const tokens = (await reader.vocabulary()).map(({ token }) => token);
  reader.close();
  return { rows, examples, nearest, tokens };
}

const text = z.string();
const date = z.iso.datetime();
const numbers = z.array(z.number());
const whole = z.array(z.int());
const empty = z.array(z.never());

/** Columns and types of Neuronpedia's database, as its prisma schema has them; more or fewer fields are refused. */
const neuron = z.strictObject({
  ...{ modelId: text, layer: text, index: text.regex(/^\d+$/), creatorId: text.nullable(), createdAt: date },
  ...{ maxActApprox: z.number().nullable(), hasVector: z.boolean(), vector: numbers, vectorLabel: text.nullable() },
  ...{ vectorDefaultSteerStrength: z.number().nullable(), hookName: text.nullable(), topkCosSimIndices: whole },
  ...{ topkCosSimValues: numbers, neuron_alignment_indices: whole, neuron_alignment_values: numbers },
  ...{ neuron_alignment_l1: numbers, correlated_neurons_indices: whole, correlated_neurons_pearson: numbers },
  ...{ correlated_neurons_l1: numbers, correlated_features_indices: whole, correlated_features_pearson: numbers },
  ...{ correlated_features_l1: numbers, neg_str: z.array(text), neg_values: numbers, pos_str: z.array(text) },
  ...{ pos_values: numbers, frac_nonzero: z.number(), freq_hist_data_bar_heights: numbers },
  ...{ freq_hist_data_bar_values: numbers, logits_hist_data_bar_heights: empty, logits_hist_data_bar_values: empty },
  ...{ decoder_weights_dist: numbers, sourceSetName: text },
});
const activation = z.strictObject({
  ...{ id: text.regex(/^c[a-z0-9]{24}$/), tokens: z.array(text), index: text, layer: text, modelId: text },
  ...{ maxValue: z.number(), maxValueTokenIndex: z.int(), minValue: z.number(), values: numbers, creatorId: text },
  ...{
    dataSource: text.nullable(),
    dataIndex: text.nullable(),
    dfaValues: numbers,
    dfaTargetIndex: z.int().nullable(),
  },
  ...{ dfaMaxValue: z.number().nullable(), createdAt: date, lossValues: numbers, logitContributions: text.nullable() },
  ...{ binMin: z.number(), binMax: z.number(), binContains: z.number(), qualifyingTokenIndex: z.int() },
});
const explanation = z.strictObject({
  ...{ id: text.regex(/^c[a-z0-9]{24}$/), modelId: text, layer: text, index: text, description: text, authorId: text },
  ...{ embedding: z.null(), triggeredById: z.null(), typeName: text.nullable(), explanationModelName: text.nullable() },
  ...{ notes: text.nullable(), createdAt: date },
});
const single = {
  release: z.looseObject({ name: text, description: text, creatorName: text, creatorId: text, urls: z.array(text) }),
  model: z.looseObject({ id: text, instruct: z.boolean(), layers: z.int(), neuronsPerLayer: z.int(), owner: text }),
  sourceset: z.looseObject({ modelId: text, name: text, releaseName: text, showDfa: z.boolean(), description: text }),
  source: z.looseObject({
    id: text,
    modelId: text,
    setName: text,
    num_prompts: z.int(),
    num_tokens_in_prompt: z.int(),
  }),
};

/** Reads as Neuronpedia's import does: gunzip, split at line breaks, parse each. */
async function records<T>(schema: z.ZodType<T>, kind: string, source: string): Promise<T[]> {
  const place = join(folder, 'out', 'synthetic', source, kind);
  const files = (await readdir(place)).toSorted();
  expect(files).toEqual(files.map((_, i) => `batch-${i}.jsonl.gz`));
  const texts = await Promise.all(files.map(async (file) => gunzipSync(await readFile(join(place, file))).toString()));
  return texts.flatMap((lines) => lines.trim().split('\n')).map((line) => schema.parse(JSON.parse(line)));
}

async function only<T>(schema: z.ZodType<T>, file: string): Promise<T> {
  return schema.parse(JSON.parse(await readFile(join(folder, 'out', 'synthetic', '1-att-kk', file), 'utf8')));
}

describe('Neuronpedia’s tree', () => {
  test('has every feature and example under its own names and types, equal to the tables', async () => {
    const lines = await exported({ format: 'neuronpedia', set: 'att-kk' });
    expect(lines.at(-1)).toMatch(/^export: .*synthetic\/1-att-kk: 60 features, \d+ activations, 1 explanations$/);
    const { rows, examples, nearest, tokens } = await tables();
    const features = await records(neuron, 'features', '1-att-kk');
    expect(features.map(({ index }) => Number(index))).toEqual(rows.map(({ feature }) => feature));
    for (const [i, row] of rows.entries()) {
      expect(features[i]).toMatchObject({
        modelId: 'synthetic',
        layer: '1-att-kk',
        sourceSetName: 'att-kk',
        frac_nonzero: row.density,
      });
      expect(features[i]?.decoder_weights_dist).toEqual([...row.head_weights]);
      expect(features[i]?.pos_str).toEqual(row.positive_logits.map(({ token }) => token));
      expect(features[i]?.freq_hist_data_bar_heights).toEqual([...row.histogram.counts]);
    }
    expect(nearest.size).toBeGreaterThan(0);
    for (const { index, topkCosSimIndices, topkCosSimValues } of features) {
      const own = (nearest.get(Number(index)) ?? []).filter((row) => row.kind === 'decoder' && row.other_sae === '1');
      expect(topkCosSimIndices).toEqual(own.map(({ other_feature }) => other_feature));
      expect(topkCosSimValues).toEqual(own.map(({ value }) => value));
      expect(topkCosSimValues).toEqual(topkCosSimValues.toSorted((a, b) => b - a));
    }
    expect(features.some(({ topkCosSimIndices }) => topkCosSimIndices.length > 0)).toBe(true);
    const activations = await records(activation, 'activations', '1-att-kk');
    const expected = [...examples.values()].flat();
    expect(activations).toHaveLength(expected.length);
    expect(new Set(activations.map(({ id }) => id)).size).toBe(expected.length);
    for (const [i, example] of expected.entries()) {
      const target = example.position - example.window_start;
      expect(activations[i]?.tokens).toEqual(Array.from(example.token_ids, (id) => tokens[id]));
      expect(activations[i]).toMatchObject({
        index: String(example.feature),
        values: [...example.activations],
        qualifyingTokenIndex: target,
      });
      expect(activations[i]?.maxValue).toBe(Math.max(...example.activations));
      if (example.interval > 0)
        expect(activations[i]?.binContains).toBe(rows[example.feature]?.intervals[example.interval - 1]?.share);
      else expect(activations[i]).toMatchObject({ binMin: -1, binMax: 99, binContains: -1, dfaTargetIndex: target });
    }
  });

  test('has direct feature attribution by token of the window, 0 behind the target', async () => {
    await exported({ format: 'neuronpedia', set: 'att-kk', layers: [1] });
    const { examples } = await tables();
    const top = [...examples.values()]
      .flat()
      .findIndex(({ dfa_source, interval }) => dfa_source !== null && interval === 0);
    const example = [...examples.values()].flat()[top];
    const found = (await records(activation, 'activations', '1-att-kk'))[top];
    const target = found?.dfaTargetIndex ?? -1;
    expect(found?.dfaValues).toHaveLength(found?.tokens.length ?? 0);
    expect(found?.dfaValues.slice(0, target + 1)).toEqual(
      [...(example?.dfa_source ?? [])].slice(example?.window_start, (example?.position ?? 0) + 1),
    );
    expect(found?.dfaValues.slice(target + 1).every((value) => value === 0)).toBe(true);
    expect(found?.dfaMaxValue).toBe(Math.max(...(found?.dfaValues ?? [])));
    expect(await readdir(join(folder, 'out', 'synthetic'))).toEqual(['1-att-kk']);
  });

  test('has its labels as explanations, and says in notes whose they are', async () => {
    await exported({ format: 'neuronpedia', set: 'att-kk', sae: ['1'] });
    expect(await records(explanation, 'explanations', '1-att-kk')).toMatchObject([
      {
        index: '3',
        description: 'names',
        typeName: null,
        explanationModelName: null,
        notes: 'a; labels.jsonl; detection 0.750',
      },
    ]);
  });

  test('has release, model, source set and source, which name each other', async () => {
    await exported({ format: 'neuronpedia', set: 'att-kk', release: 'my-release', creator: 'Ada', sae: ['1'] });
    const release = await only(single.release, 'release.jsonl');
    const sourceset = await only(single.sourceset, 'sourceset.jsonl');
    const source = await only(single.source, 'source.jsonl');
    const model = await only(single.model, 'model.jsonl');
    expect(release).toMatchObject({ name: 'my-release', creatorName: 'Ada' });
    expect(sourceset).toMatchObject({ name: 'att-kk', releaseName: release.name, modelId: model.id, showDfa: true });
    expect(source).toMatchObject({
      id: '1-att-kk',
      setName: sourceset.name,
      modelId: model.id,
      num_tokens_in_prompt: 128,
    });
  });

  test('is read again as labels', async () => {
    await exported({ format: 'neuronpedia', set: 'att-kk', sae: ['1'] });
    const { effects, lines } = recordingEffects();
    await label(labelSchema.parse({ run, from: [join(folder, 'out')] }), effects);
    expect(lines[0]).toBe('label: 1 labels of 1 features read; the run now has 2');
  });
});

describe('circuit-tracer’s feature files', () => {
  /** circuit_tracer/frontend/feature_models.py. */
  const example = z.strictObject({
    ...{
      tokens_acts_list: numbers,
      train_token_ind: z.int(),
      is_repeated_datapoint: z.boolean(),
      tokens: z.array(text),
    },
  });
  const model = z.strictObject({
    ...{ transcoder_id: text, index: z.int(), top_logits: z.array(text), bottom_logits: z.array(text) },
    examples_quantiles: z.array(z.strictObject({ quantile_name: text, examples: z.array(example) })),
    ...{ act_min: z.number(), act_max: z.number(), quantile_values: numbers, histogram: numbers },
    activation_frequency: z.number(),
  });

  test('are one a live feature, called by the Cantor pair of layer and feature', async () => {
    await exported({ format: 'circuit-tracer' });
    const { rows, examples } = await tables();
    const place = join(folder, 'out', 'features', 'synthetic');
    const live = rows.filter(({ count }) => count > 0);
    for (const row of live.slice(0, 20)) {
      const pair = ((1 + row.feature) * (2 + row.feature)) / 2 + row.feature;
      const file = model.parse(JSON.parse(await readFile(join(place, `${pair}.json`), 'utf8')));
      const top = file.examples_quantiles[0]?.examples ?? [];
      const own = (examples.get(row.feature) ?? []).filter(({ interval }) => interval === 0);
      expect(file).toMatchObject({ transcoder_id: '1', index: row.feature, activation_frequency: row.density });
      expect(top.map(({ tokens_acts_list, train_token_ind }) => tokens_acts_list[train_token_ind])).toEqual(
        own.map(({ activation: value }) => value),
      );
      expect(file.quantile_values).toEqual(file.quantile_values.toSorted((a, b) => a - b));
      expect(file.quantile_values).toHaveLength(11);
    }
    expect((await readdir(place)).length).toBeGreaterThan(live.length);
  });
});

test.each([
  [{ layers: [1, 7] }, 'no sae of layer 7: there are saes of layers 0, 1'],
  [{ sae: ['9'] }, 'no sae 9: there are 0, 1'],
  [{ sae: ['0'], layers: [1] }, 'no sae 0 of layers 1: there are 1'],
])('an SAE that the run does not have is refused, naming those there are: %j', async (settings, message) => {
  await expect(exported({ format: 'neuronpedia', ...settings })).rejects.toThrow(message);
  expect(await readdir(folder)).not.toContain('out');
});
