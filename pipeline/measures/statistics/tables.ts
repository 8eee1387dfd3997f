import type { RunConfig } from '../../commands/run.ts';
import { partOf } from '../../effects/part-of.ts';
import type { Effects } from '../../effects.ts';
import type { Engine } from '../../engine/program.ts';
import type { Tokenizer } from '../../files/tokenizer/load-tokenizer.ts';
import type { Model } from '../../model/model.ts';
import { vocabularyOf } from '../../model/vocabulary.ts';
import { budgetOf } from '../../record/budget.ts';
import type { ContextFile } from '../../record/context-file.ts';
import type { LayerRecorder } from '../../record/layer-recorder.ts';
import type { RunSamples } from '../../record/run-samples.ts';
import type { StoredParts } from '../../record/stored-parts.ts';
import { type NewVocabularyRow, vocabulary } from '../../record/table.ts';
import type { SaeProcessing } from '../../sae/formats/sae-processing.ts';
import type { NewRowOf, Table } from '../../store/column-types.ts';
import { fillTable } from '../../store/fill-table.ts';
import type { ChecksCost } from '../families/checks/job.ts';
import type { ContextCuts } from '../families/context-cuts.ts';
import { cutContexts, type PromotingSae } from '../families/cut-contexts.ts';
import { type FamilyContext, openFamilies } from '../families/families.ts';
import { writeFamilyChecks } from '../families/family-checks.ts';
import { measureHeadAttention } from '../heads/head-attention.ts';
import { headTables, type LayerSummary } from '../heads/heads.ts';
import { heads, headVerdicts } from '../heads/table.ts';
import { computeLogitEffects } from '../logits/logits.ts';
import type { MeasuredSae } from '../quality/quality.ts';
import { saes, zMeans } from '../quality/table.ts';
import { type FeatureTablesOptions, writeFeatureTables } from './feature-tables.ts';
import { computeHeadWeights } from './head-weights.ts';
import { saeRows, zMeanRows } from './sae-rows.ts';
import * as featureTables from './table.ts';

export interface TablesJob {
  readonly settings: RunConfig;
  readonly engine: Engine;
  readonly model: Model;
  readonly tokenizer: Tokenizer;
  readonly contexts: ContextFile;
  readonly recorders: readonly LayerRecorder[];
  /** By the SAE's id. */
  readonly processings: ReadonlyMap<string, SaeProcessing>;
  readonly quality: readonly MeasuredSae[];
  readonly samples: RunSamples;
  readonly parts: StoredParts;
  readonly effects: Effects;
}

/** What the context cuts of all SAEs cost. */
export interface CutsCost {
  readonly tokens: number;
  /** Features that a limit left without some of their cuts. */
  readonly cutShort: number;
}

export interface FeatureCounts {
  readonly features: number;
  readonly alive: number;
}

/** Writes every table of the run. */
export async function writeTables(
  job: TablesJob,
): Promise<FeatureCounts & { readonly cuts: CutsCost; readonly checks: ChecksCost }> {
  const { settings, model, tokenizer } = job;
  const families = openFamilies(job.samples.proxy, model.config, (id) => tokenizer.tokenText(id));
  const { summaries, cuts } = await writeFeatures(job, families);
  const claims = new Map(summaries.map(({ sae, claims }) => [sae, claims]));
  const checks = await writeFamilyChecks({
    ...{ ...job, out: settings.out, seed: settings.seed, families, claims },
    sample: job.samples.checked,
    limit: budgetOf(settings, job.contexts)?.checks,
  });
  await writeHeads(job, summaries);
  await writeTable(job, saes, saeRows(job, summaries));
  await writeTable(job, zMeans, zMeanRows(job));
  await writeTable(job, vocabulary, vocabularyRows(job));
  const alive = summaries.reduce((sum, { counts }) => sum + counts.filter((count) => count > 0).length, 0);
  return { features: summaries.reduce((sum, { counts }) => sum + counts.length, 0), alive, cuts, checks };
}

async function writeFeatures(job: TablesJob, families: FamilyContext) {
  const { settings } = job;
  const promoting = await promotingSaes(job);
  const limit = budgetOf(settings, job.contexts)?.contextCuts;
  const { bySae, cost } = await cutContexts({ ...job, families, limit, examples: settings.familyExamples }, promoting);
  const summaries = await fillTable(settings.out, featureTables.features, (features) =>
    fillTable(settings.out, featureTables.examples, (examples) =>
      fillFeatures(job, promoting, { families, cuts: bySae, features, examples }),
    ),
  );
  const cutShort = [...bySae.values()].reduce((sum, own) => sum + (own.cutShort ?? 0), 0);
  return { summaries, cuts: { tokens: cost.forwardTokens, cutShort } };
}

async function promotingSaes({ engine, model, recorders, effects }: TablesJob): Promise<PromotingSae[]> {
  const total = recorders.reduce((sum, { sae }) => sum + sae.dSae, 0);
  const progress = effects.progress('logit effects', total, 'features');
  const promoting: PromotingSae[] = [];
  let done = 0;
  for (const recorder of recorders) {
    const { sae } = recorder;
    const report = (features: number) => progress.update(done + features);
    promoting.push({ recorder, logits: await computeLogitEffects(engine, model, sae, report) });
    done += sae.dSae;
  }
  progress.end();
  return promoting;
}

interface FeatureFilling extends Pick<FeatureTablesOptions, 'features' | 'examples'> {
  readonly families: FamilyContext;
  readonly cuts: ReadonlyMap<string, ContextCuts>;
}

async function fillFeatures(
  { settings, engine, model, tokenizer, contexts, samples, effects }: TablesJob,
  promoting: readonly PromotingSae[],
  { cuts, ...tables }: FeatureFilling,
): Promise<LayerSummary[]> {
  const { window, seed } = settings;
  const tokenText = (id: number) => tokenizer.tokenText(id);
  const options = {
    ...tables,
    compared: samples.compared,
    nHeads: model.config.nHeads,
    contexts,
    window,
    seed,
    tokenText,
  };
  const total = promoting.reduce((sum, { recorder }) => sum + recorder.sae.dSae, 0);
  const progress = effects.progress('feature tables', total, 'features');
  const summaries: LayerSummary[] = [];
  let done = 0;
  for (const { recorder, logits } of promoting) {
    const { id, dSae } = recorder.sae;
    const headWeights = await computeHeadWeights(engine, model, recorder.sae);
    const computed = { logits, headWeights, cuts: cuts.get(id) };
    summaries.push(await writeFeatureTables(recorder, computed, { ...options, progress: partOf(progress, done) }));
    done += dSae;
    progress.update(done);
  }
  progress.end();
  return summaries;
}

async function writeHeads(job: TablesJob, summaries: readonly LayerSummary[]): Promise<void> {
  const { settings, engine, model, samples, effects } = job;
  const layers = [...new Set(summaries.map(({ layer }) => layer))];
  const attention = await measureHeadAttention({
    engine,
    model,
    layers,
    sample: samples.attention,
    seed: settings.seed,
  });
  const progress = effects.progress('tables of heads', summaries.length, 'saes');
  const written = summaries.map((summary, i) => {
    const tables = headTables(summary, model.config.nHeads, attention);
    progress.update(i + 1);
    return tables;
  });
  progress.end();
  await writeTable(
    job,
    heads,
    written.flatMap(({ heads }) => heads),
  );
  await writeTable(
    job,
    headVerdicts,
    written.flatMap(({ verdicts }) => verdicts),
  );
}

const writeTable = <T extends Table>({ settings }: TablesJob, table: T, rows: Iterable<NewRowOf<T>>): Promise<void> =>
  fillTable(settings.out, table, (filling) => filling.append(rows));

function vocabularyRows({ model, tokenizer }: TablesJob): NewVocabularyRow[] {
  return Array.from(vocabularyOf(model), (id) => ({
    token_id: id,
    token: tokenizer.tokenText(id),
    bytes: tokenizer.tokenBytes(id),
  }));
}
