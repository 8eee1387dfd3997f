import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, test } from 'vitest';
import { runRecord } from '../../../pipeline/record/run-record.ts';
import { openRun } from '../../../pipeline/tables/reader.ts';
import { labelledRun } from '../labelled-run.ts';

const lines = (...rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

describe('a table of labels', () => {
  test('is read from JSON lines, by layer or SAE, with everything that a label carries', async () => {
    const { from, rows } = await labelledRun({
      'mine.jsonl': lines(
        {
          layer: 1,
          feature: 3,
          label: 'repeats\n a name',
          author: 'Ada',
          score: 0.75,
          score_low: 0.6,
          score_high: 0.9,
        },
        { sae: '0', feature: 2, label: 'dates', model: 'a model', score: 0.9, score_kind: 'fuzz', source: 'paper' },
      ),
    });
    expect(await from(['mine.jsonl'])).toEqual(['label: 2 labels of 2 features read; the run now has 2']);
    const none = { author: null, model: null, score_low: null, score_high: null };
    expect(await rows()).toMatchObject([
      {
        ...none,
        layer: 0,
        sae: '0',
        feature: 2,
        label: 'dates',
        model: 'a model',
        score_kind: 'fuzzing',
        source: 'paper',
      },
      {
        layer: 1,
        sae: '1',
        feature: 3,
        rank: 0,
        label: 'repeats a name',
        author: 'Ada',
        score: 0.75,
        score_low: 0.6,
        source: 'mine.jsonl',
      },
    ]);
  });

  test('is the same as CSV, gzip of it, a JSON list and Parquet', async () => {
    const csv = 'layer,feature,label,score\n1,3,"repeats, a ""name""",0.75\n0,2,dates,\n';
    const list = [
      { layer: 1, feature: 3, label: 'repeats, a "name"', score: 0.75 },
      { layer: 0, feature: 2, label: 'dates', score: null },
    ];
    const files = {
      ...{ 'a.csv': csv, 'b.csv.gz': gzipSync(csv), 'c.json': list, 'd.tsv': csv.replaceAll(/,(?! )/g, '\t') },
      'f.json.gz': gzipSync(JSON.stringify(list)),
    };
    const { run, from, rows } = await labelledRun(files);
    const connection = await (await DuckDBInstance.create()).connect();
    const parquet = join(run, '..', 'e.parquet');
    await connection.run(
      `COPY (SELECT * FROM read_csv('${join(run, '..', 'a.csv')}')) TO '${parquet}' (FORMAT parquet)`,
    );
    for (const name of ['a.csv', 'b.csv.gz', 'c.json', 'd.tsv', 'e.parquet', 'f.json.gz']) {
      expect(await from([name])).toEqual([expect.stringContaining('2 labels of 2 features read')]);
      const own = (await rows()).filter(({ source }) => source === name);
      expect(own.map(({ layer, feature, label, score }) => [layer, feature, label, score])).toEqual([
        [0, 2, 'dates', null],
        [1, 3, 'repeats, a "name"', 0.75],
      ]);
    }
  });

  test('keeps several labels of a feature, the best supported first, and replaces those of the same source', async () => {
    const { from, rows } = await labelledRun({
      'a.jsonl': lines(
        { layer: 0, feature: 1, label: 'unscored' },
        {
          layer: 0,
          feature: 1,
          label: 'at chance',
          author: 'b',
          score: 0.55,
          score_low: 0.4,
          score_high: 0.7,
          score_kind: 'detection',
        },
      ),
      'b.jsonl': lines({
        layer: 0,
        feature: 1,
        label: 'sound',
        score: 0.7,
        score_low: 0.6,
        score_high: 0.8,
        score_kind: 'detection',
      }),
    });
    await from(['a.jsonl']);
    await from(['b.jsonl']);
    expect(await from(['b.jsonl'])).toEqual(['label: 1 labels of 1 features read; the run now has 3']);
    expect((await rows()).map(({ rank, label }) => [rank, label])).toEqual([
      [0, 'sound'],
      [1, 'unscored'],
      [2, 'at chance'],
    ]);
  });

  test('says in a line what it left out, and in another what it did not read', async () => {
    const { from } = await labelledRun({
      'a.jsonl': lines(
        { layer: 0, feature: 1, label: 'kept', notes: 'x', colour: 'red' },
        { layer: 7, feature: 1, label: 'elsewhere' },
        { layer: 0, feature: 12, label: 'past the end' },
        { layer: 0, feature: 2, label: ' \u202e ' },
      ),
    });
    expect(await from(['a.jsonl'])).toEqual([
      'label: 1 labels of 1 features read; the run now has 1',
      'label: left out: 1 of layer 7, which the run does not have; 1 of features past the last of SAE 0, 11; 1 without a text',
      'label: columns not read: notes, colour',
    ]);
  });
});

test('quotes within cells of a table without quotes are letters', async () => {
  const { from, rows } = await labelledRun({
    'a.tsv': 'layer\tfeature\tlabel\n0\t2\t"names" in lists\n1\t3\t5" disks\n',
    'b.csv': 'layer,feature,label\n0,4,"""8 inches"\n',
  });
  await from(['a.tsv', 'b.csv']);
  expect((await rows()).map(({ label }) => label)).toEqual(['"names" in lists', '"8 inches', '5" disks']);
});

describe('labels are refused', () => {
  const refusals: readonly (readonly [string, string | Buffer, RegExp])[] = [
    ['x.jsonl', '{"layer":0,"feature":1', /^malformed json: .*x\.jsonl:1\)$/],
    ['x.jsonl', lines({ layer: 0, label: 'a' }), /^missing column feature: there are layer, label \(.*x\.jsonl:1\)$/],
    ['x.jsonl', lines({ layer: 0, feature: 1.5, label: 'a' }), /^feature is 1\.5, expected a whole number/],
    ['x.jsonl', lines({ layer: 0, feature: 1, label: 'a', score: 'high' }), /^score is "high", expected a number/],
    [
      'x.jsonl',
      lines({ layer: 0, feature: 1, label: 'a', score: 0.1, score_low: 0.2 }),
      /^score is 0\.1, expected it within/,
    ],
    [
      'x.jsonl',
      lines({ feature: 1, label: 'a' }),
      /^the label says neither layer nor sae, expected a column sae, or --sae 0 or 1/,
    ],
    [
      'x.jsonl',
      lines({ layer: 9, feature: 1, label: 'a' }),
      /^no label fits the run: 1 of layer 9, which the run does not have/,
    ],
    ['x.json', '{"layer":0}', /^malformed labels: expected a list/],
    ['x.txt', 'a label', /^unknown format of labels: .*x\.txt, expected \.jsonl/],
    [
      'latin.csv',
      Buffer.from('layer,feature,label\n1,3,caf\xe9\n', 'latin1'),
      /^unreadable table: .*This file is not utf-8 encoded\. \(.*latin\.csv\)$/,
    ],
    [
      'open.csv',
      'layer,feature,label\n1,2,a\n1,3,"never closed\n0,2,dates\n',
      /^unreadable table: a quote is never closed: "\\"never closed" \(.*open\.csv\)$/,
    ],
    ['x.parquet', 'no parquet', /^unreadable table: .*x\.parquet\)$/],
  ];
  test.each(refusals)('%s with %j', async (name, content, message) => {
    const { from } = await labelledRun({ [name]: content });
    await expect(from([name])).rejects.toThrow(message);
  });

  test('with an SAE that the run does not have', async () => {
    const { from } = await labelledRun({ 'x.jsonl': lines({ feature: 1, label: 'a' }) });
    await expect(from(['x.jsonl'], '5')).rejects.toThrow('--sae is 5, expected one of 0, 1');
    expect(await from(['x.jsonl'], '1')).toHaveLength(1);
  });
});

describe('Neuronpedia’s export', () => {
  const row = {
    ...{ id: 'c1', modelId: 'gpt2-small', layer: '1-att-kk', index: '4', authorId: 'someone', embedding: null },
    ...{ description: ' names in lists', typeName: 'oai_attention-head', explanationModelName: 'gpt-4o-mini' },
    ...{ notes: null, triggeredByUserId: null, umap_x: 1, umap_y: 2, umap_cluster: 3, createdAt: '2024-08-21' },
  };
  const batch = gzipSync(lines(row, { ...row, layer: '1-res-jb' }, { ...row, layer: '9-att-kk' }));

  test('is read from its tree, whose other records are no labels', async () => {
    const { from, rows } = await labelledRun({
      'np/1-att-kk/explanations/batch-0.jsonl.gz': batch,
      'np/1-att-kk/features/batch-0.jsonl.gz': gzipSync(lines({ modelId: 'gpt2-small', index: '4' })),
    });
    expect(await from(['np'])).toEqual([
      'label: 1 labels of 1 features read; the run now has 1',
      'label: left out: 1 of 1-res-jb, which are no attention outputs; 1 of layer 9, which the run does not have',
    ]);
    const source = 'Neuronpedia gpt2-small/1-att-kk by oai_attention-head';
    expect(await rows()).toMatchObject([
      {
        sae: '1',
        feature: 4,
        label: 'names in lists',
        author: 'someone',
        model: 'gpt-4o-mini',
        source,
        kind: 'imported',
      },
    ]);
  });

  test('is read with the scores that its interface gives', async () => {
    const scores = [
      { value: 0.8, explanationScoreTypeName: 'eleuther_fuzz' },
      { value: 0.7, explanationScoreTypeName: 'eleuther_recall' },
    ];
    const { from, rows } = await labelledRun({ 'np.json': [{ ...row, scores }] });
    await from(['np.json']);
    const [read] = await rows();
    expect(read?.scores.map(({ kind, value }) => [kind, value])).toEqual([
      ['fuzzing', 0.8],
      ['detection', 0.7],
    ]);
  });
});

test('Delphi’s folders are read with detection and fuzzing scores, balanced and with an interval', async () => {
  const answer = (activating: boolean, prediction: boolean | null) => ({
    str_tokens: ['a'],
    activations: [0],
    distance: 1,
    activating,
    prediction,
    probability: null,
    correct: true,
  });
  const detection = [
    ...Array.from({ length: 8 }, () => answer(true, true)),
    ...[false, false].map(() => answer(true, false)),
    answer(false, false),
    answer(false, null),
  ];
  const folder = 'results/pythia';
  const { from, rows } = await labelledRun({
    [`${folder}/run_config.json`]: { explainer_model: 'llama' },
    [`${folder}/explanations/layers.1.attention_latent7.txt`]: '"Repeated names."',
    [`${folder}/explanations/layers.1.mlp_latent7.txt`]: '"Elsewhere."',
    [`${folder}/explanations/layers.1.attention_latent8.txt`]: '"Explanation could not be parsed."',
    [`${folder}/scores/detection/layers.1.attention_latent7.txt`]: detection,
  });
  expect((await from([folder])).at(1)).toBe(
    'label: left out: 1 which Delphi could not parse; 1 of layers.1.mlp, which is no attention output',
  );
  const [row] = await rows();
  expect(row).toMatchObject({
    sae: '1',
    feature: 7,
    label: 'Repeated names.',
    model: 'llama',
    source: 'Delphi pythia/layers.1.attention',
  });
  expect(row).toMatchObject({ score: 0.9, score_kind: 'detection' });
  expect(row?.score_low).toBeLessThan(0.8);
  await from([join(folder, 'explanations')]);
  expect(await rows()).toHaveLength(1);
});

test('labels of other weights under the same id are not read, and go with the next import', async () => {
  const { run, from } = await labelledRun({
    'a.jsonl': lines({ layer: 0, feature: 1, label: 'old' }),
    'b.jsonl': lines({ layer: 1, feature: 1, label: 'new' }),
  });
  await from(['a.jsonl']);
  const file = join(run, 'run.json');
  const record = runRecord.parse(JSON.parse(await readFile(file, 'utf8')));
  const saes = record.saes.map((sae) => (sae.id === '0' ? { ...sae, sha256: 'f'.repeat(64) } : sae));
  await writeFile(file, JSON.stringify({ ...record, saes }));
  const reader = await openRun(run);
  expect((await reader.labels('0', 0, 12)).size).toBe(0);
  expect((await reader.featureNames(new Map([['0', [1]]])))[0]?.label).toBe(null);
  reader.close();
  expect(await from(['b.jsonl'])).toContain("label: 1 earlier labels were of other SAEs than the run's, and are gone");
});
