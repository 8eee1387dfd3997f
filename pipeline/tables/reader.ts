import { type HeadCircuitsRow, headCircuits } from '../measures/circuits/table.ts';
import {
  type ComparedFeatureRow,
  type ComparedHeadRow,
  type ComparedRunRow,
  type ComparedSaeRow,
  comparedFeatures,
  comparedHeads,
  comparedRun,
  comparedSaes,
} from '../measures/comparison/table.ts';
import {
  type FamilyExemplarRow,
  type FamilyMixRow,
  familyExemplarColumns,
  familyMixColumns,
  selectFamilyExemplars,
  selectFamilyMix,
} from '../measures/families/family-mix.ts';
import { type FamilyCheckRow, familyChecks } from '../measures/families/table.ts';
import { type HeadRow, type HeadVerdictRow, heads, headVerdicts } from '../measures/heads/table.ts';
import { type LabelRow, labels } from '../measures/labels/table.ts';
import { type MapPlaceRow, type MapRow, mapPlaces, maps } from '../measures/map/table.ts';
import { type SaeMatchRow, saeMatchColumns, selectSaeMatches } from '../measures/neighbours/sae-matches.ts';
import { type NeighbourRow, neighbours } from '../measures/neighbours/table.ts';
import { type SaeRow, saes, type ZMeanRow, zMeans } from '../measures/quality/table.ts';
import { type HeadSequenceRow, headSequences } from '../measures/sequences/table.ts';
import { type ExampleRow, examples, type FeatureRow, features } from '../measures/statistics/table.ts';
import { readStudyRecord, type StudyRecord } from '../measures/studies/study-record.ts';
import { type TrainingCurveRow, trainingCurve } from '../measures/training/table.ts';
import { type UpstreamRow, upstream } from '../measures/upstream/table.ts';
import { type WiringRow, wiring } from '../measures/wiring/table.ts';
import type { RunRecord } from '../record/run-record.ts';
import {
  type ContextRow,
  contexts,
  type DocumentRow,
  documents,
  type VocabularyRow,
  vocabulary,
} from '../record/table.ts';
import { int, type RowOf, type Table } from '../store/column-types.ts';
import { openQueries } from '../store/query.ts';
import { type FeatureIndexRow, featureIndexColumns } from './feature-index.ts';
import { type FeatureNameRow, featureNameColumns } from './feature-names.ts';
import { readRunRecord } from './read-run-record.ts';
import { allTables } from './schema.ts';
import * as sql from './sql.ts';

/** A finished run, read in blocks; FEATURES_PER_BLOCK features at a time cost least. */
export interface RunReader {
  readonly record: RunRecord;
  readonly counts: RunRecord['counts'];
  /** Ids of the SAEs, by layer, then by id. */
  readonly saeIds: readonly string[];
  saes(): Promise<SaeRow[]>;
  heads(): Promise<HeadRow[]>;
  /** Each head's verdict by every choice; empty of a run that knew no choices. */
  headVerdicts(): Promise<HeadVerdictRow[]>;
  /** Empty where the run left them out. */
  headCircuits(): Promise<HeadCircuitsRow[]>;
  /** Of a layer's heads; empty where the run left them out. */
  headSequences(layer: number): Promise<HeadSequenceRow[]>;
  /** Mean z by layer; empty of a run that did not measure it. */
  zMeans(): Promise<ZMeanRow[]>;
  /** How SAEs were trained, by SAE and step; empty where none of them says so. */
  trainingCurves(): Promise<TrainingCurveRow[]>;
  vocabulary(): Promise<VocabularyRow[]>;
  /** What was packed, in its order. */
  documents(): Promise<DocumentRow[]>;
  /** Those of some numbers. */
  documentsOf(numbers: readonly number[]): Promise<DocumentRow[]>;
  /** Contexts `from` up to, not including, `to`. */
  contexts(from: number, to: number): Promise<ContextRow[]>;
  /** Those of some numbers. */
  contextsOf(numbers: readonly number[]): Promise<ContextRow[]>;
  /** An SAE's features `from` up to, not including, `to`, in order. */
  features(sae: string, from: number, to: number): Promise<FeatureRow[]>;
  /** Numbers of an SAE's features that were active at all, ascending. */
  liveFeatures(sae: string): Promise<number[]>;
  /** The examples of the same features, by (interval, rank); a feature without any is not in the map. */
  examples(sae: string, from: number, to: number): Promise<ReadonlyMap<number, ExampleRow[]>>;
  /** Some features of an SAE, in order, and in the same way their top examples. */
  featuresAmong(sae: string, numbers: readonly number[]): Promise<FeatureRow[]>;
  topExamples(sae: string, numbers: readonly number[]): Promise<ReadonlyMap<number, ExampleRow[]>>;
  /** All features of an SAE, some thousand at a time, and in the same way all their examples, by feature. */
  featuresOf(sae: string): AsyncIterable<Iterable<FeatureRow>>;
  examplesOf(sae: string): AsyncIterable<Iterable<ExampleRow>>;
  /** What the same features read, by rank; a feature that was not explained is not in the map. */
  upstream(sae: string, from: number, to: number): Promise<ReadonlyMap<number, UpstreamRow[]>>;
  /** The features that the same ones are wired to, by rank; a feature without any is not in the map. */
  wiring(sae: string, from: number, to: number): Promise<ReadonlyMap<number, WiringRow[]>>;
  /** The features that each is nearest to, by kind and rank. */
  neighbours(sae: string, from: number, to: number): Promise<ReadonlyMap<number, NeighbourRow[]>>;
  /** How the SAEs of each layer match; empty where no layer has two, or the run did not look. */
  saeMatches(): Promise<SaeMatchRow[]>;
  /** The maps of features; none of a run that drew none. */
  maps(): Promise<MapRow[]>;
  /** Where an SAE's alive features lie on them, in order. */
  mapPlaces(sae: string): Promise<MapPlaceRow[]>;
  /** How the families of features `from` up to `to` hold on random active tokens, by feature. */
  familyChecks(sae: string, from: number, to: number): Promise<ReadonlyMap<number, FamilyCheckRow>>;
  /** Labels of the same features, the best supported first; a feature without any is not in the map. */
  labels(sae: string, from: number, to: number): Promise<ReadonlyMap<number, LabelRow[]>>;
  /** What features are called, by SAE and feature: those of some numbers, or all of an SAE whose numbers are left open. */
  featureNames(wanted: ReadonlyMap<string, readonly number[] | undefined>): Promise<FeatureNameRow[]>;
  featureIndexRows(sae: string): Promise<FeatureIndexRow[]>;
  /** The run that this very run was compared with; nothing where there is none. */
  comparedRun(): Promise<ComparedRunRow | undefined>;
  /** That run's SAEs and heads, each beside one of this run's. */
  comparedSaes(): Promise<ComparedSaeRow[]>;
  comparedHeads(): Promise<ComparedHeadRow[]>;
  /** The nearest of the other run of each live feature of an SAE, then the nearest here of each live one there. */
  comparedFeatures(sae: string): Promise<ComparedFeatureRow[]>;
  /** Live features by SAE and family; none of a run that looked for no families. */
  familyMix(): Promise<FamilyMixRow[]>;
  /** The surest features of each family, "unclear" left out. */
  familyExemplars(perFamily: number): Promise<FamilyExemplarRow[]>;
  /** A study of this very run; nothing where it was not made. */
  study(name: string): Promise<StudyRecord | undefined>;
  /** All rows of a study's table, in its order; none where it was not run. */
  studyRows<T extends Table>(table: T): Promise<RowOf<T>[]>;
  close(): void;
}

/** Opens OUT of a finished run; throws UserError when a table is missing, lacks a column or cannot be read. */
export async function openRun(outDir: string): Promise<RunReader> {
  const record = await readRunRecord(outDir);
  const queries = await openQueries(outDir, allTables);
  const saeRows = await queries.rows(saes.columns, sql.selectSaes);
  return {
    record,
    counts: record.counts,
    saeIds: saeRows.map((row) => row.sae),
    saes: async () => saeRows,
    heads: () => queries.rows(heads.columns, sql.selectHeads),
    headVerdicts: () => queries.rows(headVerdicts.columns, sql.selectHeadVerdicts),
    headCircuits: () => queries.rows(headCircuits.columns, sql.selectHeadCircuits),
    headSequences: (layer) => queries.rows(headSequences.columns, sql.selectHeadSequences(layer)),
    zMeans: () => queries.rows(zMeans.columns, sql.selectZMeans),
    trainingCurves: () => queries.rows(trainingCurve.columns, sql.selectTable(trainingCurve)),
    vocabulary: () => queries.rows(vocabulary.columns, sql.selectVocabulary),
    documents: () => queries.rows(documents.columns, sql.selectTable(documents)),
    documentsOf: async (numbers) =>
      numbers.length === 0 ? [] : queries.rows(documents.columns, sql.selectDocuments(numbers)),
    contexts: (from, to) => queries.rows(contexts.columns, sql.selectContexts(from, to)),
    contextsOf: async (numbers) =>
      numbers.length === 0 ? [] : queries.rows(contexts.columns, sql.selectContextsOf(numbers)),
    features: (sae, from, to) => queries.rows(features.columns, sql.selectFeatures({ sae, from, to })),
    async liveFeatures(sae) {
      const rows = await queries.rows({ feature: int }, sql.selectLiveFeatures(sae));
      return rows.map(({ feature }) => feature);
    },
    async examples(sae, from, to) {
      const rows = await queries.rows(examples.columns, sql.selectExamples({ sae, from, to }));
      return Map.groupBy(rows, (row) => row.feature);
    },
    featuresAmong: async (sae, numbers) =>
      numbers.length === 0 ? [] : queries.rows(features.columns, sql.selectFeaturesAmong(sae, numbers)),
    async topExamples(sae, numbers) {
      if (numbers.length === 0) return new Map();
      const rows = await queries.rows(examples.columns, sql.selectTopExamples(sae, numbers));
      return Map.groupBy(rows, (row) => row.feature);
    },
    featuresOf: (sae) => queries.batches(features.columns, sql.selectSae(features, sae)),
    examplesOf: (sae) => queries.batches(examples.columns, sql.selectSae(examples, sae)),
    async upstream(sae, from, to) {
      const rows = await queries.rows(upstream.columns, sql.selectUpstream({ sae, from, to }));
      return Map.groupBy(rows, (row) => row.feature);
    },
    async familyChecks(sae, from, to) {
      const rows = await queries.rows(familyChecks.columns, sql.selectFamilyChecks({ sae, from, to }));
      return new Map(rows.map((row) => [row.feature, row]));
    },
    async neighbours(sae, from, to) {
      const rows = await queries.rows(neighbours.columns, sql.selectNeighbours({ sae, from, to }));
      return Map.groupBy(rows, (row) => row.feature);
    },
    saeMatches: () => queries.rows(saeMatchColumns, selectSaeMatches),
    maps: () => queries.rows(maps.columns, sql.selectTable(maps)),
    mapPlaces: (sae) => queries.rows(mapPlaces.columns, sql.selectSae(mapPlaces, sae)),
    async wiring(sae, from, to) {
      const rows = await queries.rows(wiring.columns, sql.selectWiring({ sae, from, to }));
      return Map.groupBy(rows, (row) => row.feature);
    },
    async labels(sae, from, to) {
      const rows = await queries.rows(labels.columns, sql.selectLabels({ sae, from, to }, record.saes));
      return Map.groupBy(rows, (row) => row.feature);
    },
    featureNames: (wanted) => queries.rows(featureNameColumns, sql.selectFeatureNames(wanted, record.saes)),
    featureIndexRows: (sae) => queries.rows(featureIndexColumns, sql.selectFeatureIndex(sae)),
    async comparedRun() {
      const rows = await queries.rows(comparedRun.columns, sql.selectTable(comparedRun));
      return rows.find(({ fingerprint }) => fingerprint === record.fingerprint);
    },
    comparedSaes: () => queries.rows(comparedSaes.columns, sql.selectTable(comparedSaes)),
    comparedHeads: () => queries.rows(comparedHeads.columns, sql.selectTable(comparedHeads)),
    comparedFeatures: (sae) => queries.rows(comparedFeatures.columns, sql.selectSae(comparedFeatures, sae)),
    familyMix: () => queries.rows(familyMixColumns, selectFamilyMix),
    familyExemplars: (perFamily) => queries.rows(familyExemplarColumns, selectFamilyExemplars(perFamily)),
    async study(name) {
      const found = await readStudyRecord(outDir, name);
      return found?.run === record.fingerprint ? found : undefined;
    },
    studyRows: (table) => queries.rows(table.columns, sql.selectTable(table)),
    close: () => queries.close(),
  };
}
