import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluateSchema } from '../../pipeline/commands/evaluate.ts';
import type { RunConfig } from '../../pipeline/commands/run.ts';
import { studySchema } from '../../pipeline/commands/study.ts';
import { recordingEffects } from '../../pipeline/effects.ts';
import { evaluate } from '../../pipeline/measures/quality/evaluate.ts';
import type { SaeRow } from '../../pipeline/measures/quality/table.ts';
import { loadStudyInputs } from '../../pipeline/measures/studies/study-inputs.ts';
import type { UpstreamRow } from '../../pipeline/measures/upstream/table.ts';
import { loadInputs } from '../../pipeline/record/inputs.ts';
import { run } from '../../pipeline/run.ts';
import { openRun } from '../../pipeline/tables/reader.ts';
import { biasedModel, context, dModel, foldedConfig, nHeads, nLayers } from './folded-case.ts';
import { attributionOf, processedRuns, qualityOf, type Runs, type Tables, tablesOf } from './folded-reference.ts';
import { add, type Block, foldNorm, foldValueBias, plainModel, subtract, times } from './processed-model.ts';
import { removeTemporaryFolders, temporaryFolder } from './reference-case.ts';

/** Agreement of float32 with float64, relative to the largest of the numbers compared. */
const tolerance = 2e-5;
const layers = Array.from({ length: nLayers }, (_, layer) => layer);
afterAll(removeTemporaryFolders);

const paths = ({ model, saes, corpus }: RunConfig) => ({ model, saes, corpus });

function expectClose(actual: ArrayLike<number>, wanted: readonly number[], scale = 0): void {
  expect(actual.length).toBe(wanted.length);
  const largest = Math.max(scale, ...wanted.map(Math.abs));
  wanted.forEach((value, i) => {
    expect(Math.abs((actual[i] ?? Number.NaN) - value) / largest).toBeLessThan(tolerance);
  });
}

const full = (block: Block) => foldValueBias(foldNorm(block));
const cases = [
  { name: 'SAELens before 3.19.2', cfg: { sae_lens_training_version: '3.19.1' }, fold: full },
  { name: 'no version', cfg: { apply_b_dec_to_input: false, device: 'cpu' }, fold: full },
  { name: 'no trainer', cfg: { apply_b_dec_to_input: false }, fold: (block: Block) => block },
  {
    name: 'value biases alone',
    cfg: { model_from_pretrained_kwargs: { fold_value_biases: true } },
    fold: foldValueBias,
  },
  {
    name: 'folded by metadata of SAELens 6',
    cfg: {
      apply_b_dec_to_input: false,
      metadata: {
        sae_lens_training_version: '6.1.0',
        model_from_pretrained_kwargs: { fold_value_biases: true, fold_ln: true },
      },
    },
    fold: full,
  },
  { name: 'unprocessed', cfg: { sae_lens_training_version: '3.19.2' }, fold: (block: Block) => block },
];

describe.each(cases)('an SAE of $name', ({ cfg, fold }) => {
  let tables: Tables;
  let runs: Runs;

  beforeAll(async () => {
    tables = await tablesOf({ model: biasedModel(), cfg });
    runs = processedRuns(tables.contexts, fold, !('apply_b_dec_to_input' in cfg));
  }, 120_000);

  it('has the activations and the constants that the processed model gives', () => {
    let alive = 0;
    for (const layer of layers) {
      const sae = runs.saes[layer];
      const f = runs.runs.flatMap(({ layers: traces }) => sae?.encode(traces[layer]?.z.slice(1) ?? []) ?? []);
      for (const { feature, count, max_activation, mean_active, constant } of tables.features[layer] ?? []) {
        const own = f.map((row) => row[feature] ?? 0).filter((value) => value > 0);
        const mean = own.length > 0 ? own.reduce((sum, value) => sum + value, 0) / own.length : 0;
        expect(count).toBe(own.length);
        expectClose([max_activation, mean_active], [Math.max(0, ...own), mean], 1);
        const column = sae?.wEnc.map((row) => row[feature] ?? 0) ?? [];
        const offset =
          'apply_b_dec_to_input' in cfg ? 0 : (sae?.bDec ?? []).reduce((s, b, d) => s + b * (column[d] ?? 0), 0);
        expectClose([constant], [(sae?.bEnc[feature] ?? 0) - offset], 1);
        alive += count > 0 ? 1 : 0;
      }
    }
    expect(alive).toBeGreaterThan(40);
  });

  it('has its DFA from values without the bias, by source and by head', () => {
    let compared = 0;
    for (const layer of layers) {
      for (const [feature, { context: at, position, activation, dfa_source, dfa_head }] of tables.top[layer] ?? []) {
        const trace = runs.runs[at]?.layers[layer];
        if (!trace) throw new Error(`no context ${at}`);
        const column = runs.saes[layer]?.wEnc.map((row) => row[feature] ?? 0) ?? [];
        const byHead = attributionOf(trace, column, position);
        const bySource = byHead[0]?.map((_, s) => byHead.reduce((sum, row) => sum + (row[s] ?? 0), 0)) ?? [];
        expectClose(dfa_source ?? [], bySource, activation);
        expectClose(
          dfa_head ?? [],
          byHead.map((row) => row.reduce((sum, value) => sum + value, 0)),
          activation,
        );
        const constant = tables.features[layer]?.[feature]?.constant ?? Number.NaN;
        const total = [...(dfa_source ?? [])].reduce((sum, value) => sum + value, constant);
        expect(Math.abs(total - activation) / Math.max(1, activation)).toBeLessThan(tolerance);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(40);
  });

  it('has its quality from the processed z, zero ablation included', () => {
    for (const layer of layers) {
      for (const [name, wanted] of Object.entries(qualityOf(runs, layer))) {
        const actual = tables.saes[layer]?.[name as keyof SaeRow];
        expect(Math.abs(Number(actual) - wanted) / Math.max(1, Math.abs(wanted)), name).toBeLessThan(tolerance);
      }
    }
  });

  it('has upstream shares that sum to 1, the folded bias of each lower layer a row of its own', () => {
    let explained = 0;
    for (const layer of layers) {
      const isFolded = tables.saes[layer]?.processing === 'folded';
      for (const rows of tables.upstream[layer]?.values() ?? []) {
        expect(rows.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 3);
        const folded = rows.filter(({ kind }) => kind === 'folded_bias').map((row) => row.upstream_layer);
        expect(folded.toSorted()).toEqual(isFolded ? layers.slice(0, layer) : []);
        explained++;
      }
    }
    expect(explained).toBeGreaterThan(40);
  });
});

it('other commands give the SAEs of a run the z that the run gave them', async () => {
  const model = biasedModel();
  const config = await foldedConfig(await temporaryFolder(), { model, cfg: { device: 'cpu' } }, { processing: 'raw' });
  const { effects, lines } = recordingEffects();
  await run(config, effects);
  const asked = (settings: object) =>
    studySchema.parse({ study: 'ioi', ...paths(config), out: config.out, ...settings });
  const inputs = await loadStudyInputs(asked({}));
  expect(inputs.model.config.foldedLayers).toBeUndefined();
  expect(inputs.notes).toEqual([
    'processing of layers 0, 1, 2: raw, z as the model computes it (as in the run at out)',
  ]);
  await expect(loadStudyInputs(asked({ processing: 'folded' }))).rejects.toThrow(
    /^processing of sae 0 is folded, expected the run's own, raw \(/,
  );
  const alone = await loadStudyInputs(asked({ out: `${config.out}-none`, processing: 'auto' }));
  expect(alone.model.config.foldedLayers).toEqual([0, 1, 2]);
  const measured = async (processing: string) =>
    (await evaluate(evaluateSchema.parse({ ...paths(config), context, processing }), effects)).map(
      ({ ceZero }) => ceZero,
    );
  const [raw, folded] = [await measured('raw'), await measured('auto')];
  expect(lines.filter((line) => line.startsWith('processing'))).toHaveLength(3);
  const reader = await openRun(config.out);
  expectClose(
    raw,
    (await reader.saes()).map(({ ce_zero }) => ce_zero),
  );
  reader.close();
  folded.forEach((ce, layer) => {
    expect(Math.abs(ce - (raw[layer] ?? Number.NaN))).toBeGreaterThan(1e-3);
  });
  await expect(run({ ...config, processing: 'folded' }, effects)).rejects.toThrow(/^out holds a finished run of other/);
}, 120_000);

it('contexts are as long as those that the SAEs were trained on, and another model’s SAEs are refused', async () => {
  const cfg = { model_name: 'gpt2-small', context_size: 9, prepend_bos: false };
  const config = await foldedConfig(await temporaryFolder(), { model: biasedModel(), cfg }, { context: undefined });
  const inputs = await loadInputs(config);
  expect(inputs.contextLength).toBe(9);
  expect(inputs.notes.slice(1)).toEqual([
    'context: 9 tokens, as the saes were trained on',
    'bos: contexts begin with the token before them, which counts in no statistic',
  ]);
  expect((await loadInputs({ ...config, context: 12 })).contextLength).toBe(12);
  const json = join(config.model, 'config.json');
  await writeFile(json, JSON.stringify({ ...JSON.parse(await readFile(json, 'utf8')), _name_or_path: 'distilgpt2' }));
  await expect(loadInputs(config)).rejects.toThrow(
    /^sae of another model: gpt2-small, expected distilgpt2; --any-model takes it all the same \(.*cfg.json\)$/,
  );
  expect((await loadInputs({ ...config, anyModel: true })).saes).toHaveLength(3);
});

it('folding the biases by hand gives the same tables, its c·W_O in the output bias', async () => {
  const given = biasedModel();
  const byHand = Object.fromEntries(
    Object.entries(given).map(([name, { shape, data }]) => [
      name,
      { shape, data: data.slice(), dtype: 'float32' as const },
    ]),
  );
  for (const [layer, block] of plainModel(given, nLayers, nHeads).blocks.entries()) {
    const c = add(block.valueBias, times(block.beta, block.value));
    byHand[`h.${layer}.attn.c_attn.bias`]?.data.set(subtract(block.valueBias, c), 2 * dModel);
    byHand[`h.${layer}.attn.c_proj.bias`]?.data.set(add(block.outputBias, times(c, block.output)));
  }
  const folded = await tablesOf({ model: given, cfg: { sae_lens_training_version: '2.0.0' } });
  const raw = await tablesOf({ model: byHand, cfg: { sae_lens_training_version: '2.0.0' } }, { processing: 'raw' });
  const otherwise = await tablesOf(
    { model: given, cfg: { sae_lens_training_version: '5.0.0' } },
    { processing: 'folded' },
  );
  const compared = { examples: 0, upstream: 0 };
  for (const layer of layers) {
    for (const other of [raw, otherwise]) {
      const [a, b] = [folded.saes[layer], other.saes[layer]];
      for (const name of ['l0', 'explained_variance', 'ce_clean', 'ce_sae', 'ce_zero', 'ce_mean'] as const) {
        expectClose([b?.[name] ?? Number.NaN], [a?.[name] ?? Number.NaN], 1);
      }
      for (const [feature, own] of folded.top[layer] ?? []) {
        const same = other.top[layer]?.get(feature);
        expect([same?.context, same?.position]).toEqual([own.context, own.position]);
        expectClose(same?.dfa_source ?? [], [...(own.dfa_source ?? [])], 1);
        expectClose(same?.dfa_head ?? [], [...(own.dfa_head ?? [])], 1);
        expect(own.dfa_head).toHaveLength(nHeads);
        compared.examples++;
      }
    }
    for (const [feature, rows] of folded.upstream[layer] ?? []) {
      const sumOf = (all: readonly UpstreamRow[] | undefined) =>
        (all ?? [])
          .filter(({ kind }) => kind === 'output_bias' || kind === 'folded_bias')
          .reduce((sum, { share }) => sum + share, 0);
      expect(sumOf(raw.upstream[layer]?.get(feature))).toBeCloseTo(sumOf(rows), 2);
      compared.upstream++;
    }
  }
  expect(compared.examples).toBeGreaterThan(2 * 40);
  expect(compared.upstream).toBeGreaterThan(40);
  expect(folded.saes.map(({ processing, folded_bias }) => [processing, folded_bias])).toEqual(
    layers.map(() => ['folded', 'value_and_norm']),
  );
  expect(raw.saes[0]).toMatchObject({ processing: 'raw', folded_bias: 'none', processing_source: '--processing raw' });
  expect(folded.lines[0]).toBe(
    'processing of layers 0, 1, 2: folded, z less c = b_V + β·W_V (trained by SAELens 2.0.0: before 3.19.2 SAELens folded LayerNorm and value biases)',
  );
}, 120_000);
