import { headCircuits } from '../measures/circuits/table.ts';
import { familyChecks } from '../measures/families/table.ts';
import { heads, headVerdicts } from '../measures/heads/table.ts';
import { labels } from '../measures/labels/table.ts';
import { neighbours } from '../measures/neighbours/table.ts';
import { saes, zMeans } from '../measures/quality/table.ts';
import { headSequences } from '../measures/sequences/table.ts';
import { examples, features } from '../measures/statistics/table.ts';
import { upstream } from '../measures/upstream/table.ts';
import { wiring } from '../measures/wiring/table.ts';
import { contexts, documents, vocabulary } from '../record/table.ts';
import type { Columns, Table } from '../store/column-types.ts';
import { featureNameColumns } from './feature-names.ts';

/** Features `from` up to, not including, `to` of an SAE. */
export interface FeatureRange {
  readonly sae: string;
  readonly from: number;
  readonly to: number;
}

/** A whole table in its own order. */
export function selectTable(table: Table): string {
  const order = table.sortedBy.map((name) => `"${name}"`).join(', ');
  return `SELECT ${names(table)} FROM "${table.name}" ORDER BY ${order}`;
}

export const selectSaes = `SELECT ${names(saes)} FROM saes ORDER BY layer, sae`;

export const selectHeads = `SELECT ${names(heads)} FROM heads ORDER BY layer, sae, head`;

export const selectHeadVerdicts = selectTable(headVerdicts);

export const selectHeadCircuits = `SELECT ${names(headCircuits)} FROM head_circuits ORDER BY layer, head`;

export function selectHeadSequences(layer: number): string {
  return `SELECT ${names(headSequences)} FROM head_sequences WHERE layer = ${layer} ORDER BY head, rank`;
}

export const selectZMeans = `SELECT ${names(zMeans)} FROM z_means ORDER BY layer`;

export const selectVocabulary = `SELECT ${names(vocabulary)} FROM vocabulary ORDER BY token_id`;

export function selectContexts(from: number, to: number): string {
  return `SELECT ${names(contexts)} FROM contexts WHERE context >= ${from} AND context < ${to} ORDER BY context`;
}

/** The contexts of some numbers; at least one. */
export function selectContextsOf(numbers: readonly number[]): string {
  return `SELECT ${names(contexts)} FROM contexts WHERE context IN (${numbers.join(', ')}) ORDER BY context`;
}

/** The documents of some numbers; at least one. */
export function selectDocuments(numbers: readonly number[]): string {
  return `SELECT ${names(documents)} FROM documents WHERE document IN (${numbers.join(', ')}) ORDER BY document`;
}

export function selectFeatures(range: FeatureRange): string {
  return `SELECT ${names(features)} FROM features WHERE ${within(range)} ORDER BY feature`;
}

export function selectExamples(range: FeatureRange): string {
  return `SELECT ${names(examples)} FROM examples WHERE ${within(range)} ORDER BY feature, "interval", rank`;
}

/** Some features of an SAE; at least one. */
export function selectFeaturesAmong(sae: string, numbers: readonly number[]): string {
  return `SELECT ${names(features)} FROM features WHERE ${among(sae, numbers)} ORDER BY feature`;
}

/** The top examples of some features of an SAE; at least one. */
export function selectTopExamples(sae: string, numbers: readonly number[]): string {
  const condition = `${among(sae, numbers)} AND "interval" = 0`;
  return `SELECT ${names(examples)} FROM examples WHERE ${condition} ORDER BY feature, rank`;
}

/** All rows of an SAE, as they lie in the files: these are sorted, and to sort them again would need them all in memory. */
export function selectSae(table: Table, sae: string): string {
  return `SELECT ${names(table)} FROM "${table.name}" WHERE sae = ${quoted(sae)}`;
}

export function selectUpstream(range: FeatureRange): string {
  return `SELECT ${names(upstream)} FROM upstream WHERE ${within(range)} ORDER BY feature, rank`;
}

export function selectFamilyChecks(range: FeatureRange): string {
  return `SELECT ${names(familyChecks)} FROM family_checks WHERE ${within(range)} ORDER BY feature`;
}

export function selectWiring(range: FeatureRange): string {
  return `SELECT ${names(wiring)} FROM wiring WHERE ${within(range)} ORDER BY feature, rank`;
}

export function selectNeighbours(range: FeatureRange): string {
  return `SELECT ${names(neighbours)} FROM neighbours WHERE ${within(range)} ORDER BY feature, kind, rank`;
}

/**
 * An SAE's rows of the search index: the head of greatest weight, ten promoted and ten suppressed tokens,
 * and up to ten distinct tokens at the peaks of the top examples, strongest first.
 */
export function selectFeatureIndex(sae: string): string {
  return `
    WITH peaks AS (
      SELECT feature, token_ids[position - window_start + 1] AS token_id, min(rank) AS best
      FROM examples WHERE sae = ${quoted(sae)} AND "interval" = 0 GROUP BY ALL
    ), activating AS (
      SELECT feature, arg_min(token_id, best, 10) AS activating FROM peaks GROUP BY feature
    )
    SELECT feature, count, density, mean_active, max_activation,
      list_position(head_weights, list_max(head_weights)) - 1 AS top_head,
      list_max(head_weights) AS top_head_weight,
      family,
      list_transform(positive_logits, lambda logit: logit.token_id)[1:10] AS promoted,
      list_transform(negative_logits, lambda logit: logit.token_id)[1:10] AS suppressed,
      list_transform(positive_logits, lambda logit: logit.value)[1:10] AS promoted_effect,
      list_transform(negative_logits, lambda logit: logit.value)[1:10] AS suppressed_effect,
      coalesce(activating, []) AS activating
    FROM features LEFT JOIN activating USING (feature)
    WHERE sae = ${quoted(sae)} ORDER BY feature`;
}

/** Features of an SAE that were active at all. */
export function selectLiveFeatures(sae: string): string {
  return `SELECT feature FROM features WHERE sae = ${quoted(sae)} AND count > 0 ORDER BY feature`;
}

/** SAEs of a run, by id, with the hash of their weights. */
export type SaeHashes = readonly { readonly id: string; readonly sha256: string }[];

/** Labels of the weights that the run has: a label of others is as good as none. */
export function selectLabels(range: FeatureRange, saes: SaeHashes): string {
  return `SELECT ${names(labels)} FROM labels WHERE ${within(range)} AND ${ofRun(saes)} ORDER BY feature, rank`;
}

/** What features are called: those of some numbers, or, of an SAE without any, all of it. */
export function selectFeatureNames(
  wanted: ReadonlyMap<string, readonly number[] | undefined>,
  saes: SaeHashes,
): string {
  const conditions = Array.from(wanted, ([sae, features]) => {
    const which = features === undefined ? '' : ` AND feature IN (${['-1', ...features].join(', ')})`;
    return `(sae = ${quoted(sae)}${which})`;
  });
  return `
    WITH best AS (SELECT * EXCLUDE (layer) FROM labels WHERE rank = 0 AND ${ofRun(saes)})
    SELECT ${Object.keys(featureNameColumns).join(', ')} FROM features LEFT JOIN best USING (sae, feature)
    WHERE ${conditions.join(' OR ') || 'false'} ORDER BY sae, feature`;
}

function ofRun(saes: SaeHashes): string {
  const pairs = saes.map(({ id, sha256 }) => `(${quoted(id)}, ${quoted(sha256)})`);
  return pairs.length === 0 ? 'false' : `(sae, sae_sha256) IN (${pairs.join(', ')})`;
}

function within({ sae, from, to }: FeatureRange): string {
  return `sae = ${quoted(sae)} AND feature >= ${from} AND feature < ${to}`;
}

const among = (sae: string, numbers: readonly number[]): string =>
  `sae = ${quoted(sae)} AND feature IN (${numbers.join(', ')})`;

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

function names(table: { readonly columns: Columns }): string {
  return Object.keys(table.columns)
    .map((name) => `"${name}"`)
    .join(', ');
}
