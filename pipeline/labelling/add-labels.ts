import { bySupport } from '../measures/labels/maths/label-support.ts';
import { labels, type NewLabelRow } from '../measures/labels/table.ts';
import { fillTable } from '../store/fill-table.ts';
import { openQueries } from '../store/query.ts';
import { selectTable } from '../tables/sql.ts';
import type { LabelEntry } from './import/label-entry.ts';
import type { LabelledSae } from './run-saes.ts';

/** A label of a feature that the run has. */
export interface AddedLabel extends Pick<LabelEntry, 'feature' | 'label' | 'author' | 'model' | 'scores'> {
  readonly of: LabelledSae;
  readonly kind: 'imported' | 'model';
  readonly source: string;
}

type Row = Omit<NewLabelRow, 'rank'>;

/**
 * Adds labels to a run's table of them. A new one takes the place of an earlier one of the same feature, source, author
 * and model; labels of SAEs with other weights than the run's are dropped.
 */
export async function addLabels(
  run: string,
  saes: readonly LabelledSae[],
  added: readonly AddedLabel[],
): Promise<{ readonly features: number; readonly labels: number; readonly forgotten: number }> {
  const rows = added.map(newRow);
  const replaced = new Set(rows.map(keyOf));
  const hashes = new Map(saes.map(({ id, sha256 }) => [id, sha256]));
  const earlier = await readAll(run);
  const current = earlier.filter(({ sae, sae_sha256 }) => hashes.get(sae) === sae_sha256);
  const kept = current.filter((row) => !replaced.has(keyOf(row)));
  const all = distinct([...kept, ...rows]);
  await fillTable(run, labels, (table) => table.append(ranked(all)));
  const features = new Set(rows.map(({ sae, feature }) => `${sae}/${feature}`)).size;
  return { features, labels: all.length, forgotten: earlier.length - current.length };
}

function newRow({ of, feature, label, kind, author, model, source, scores }: AddedLabel): Row {
  const first = scores.at(0);
  return {
    ...{ layer: of.layer, sae: of.id, feature, label, kind, author, model },
    ...{ score: first?.value ?? null, score_low: first?.low ?? null, score_high: first?.high ?? null },
    score_kind: first?.kind ?? null,
    scores: scores.map(({ low, high, ...own }) => ({ ...own, low: low ?? -Infinity, high: high ?? Infinity })),
    ...{ source, sae_sha256: of.sha256 },
  };
}

const keyOf = ({ sae, feature, source, author, model }: Row): string =>
  JSON.stringify([sae, feature, source, author, model]);

function distinct(rows: readonly Row[]): Row[] {
  return [...new Map(rows.map((row) => [JSON.stringify([keyOf(row), row.label]), row])).values()];
}

/** In the table's order, the labels of a feature by their support. */
function ranked(rows: readonly Row[]): NewLabelRow[] {
  const byFeature = [...Map.groupBy(rows, ({ sae, feature }) => `${sae}/${feature}`).values()];
  const place = ([{ layer, sae, feature }]: readonly Row[]) => ({ layer, sae, feature });
  return byFeature
    .map((own) => ({ ...place(own), own }))
    .toSorted((a, b) => a.layer - b.layer || compare(a.sae, b.sae) || a.feature - b.feature)
    .flatMap(({ own }) => own.toSorted(bySupport).map((row, rank) => ({ ...row, rank })));
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

async function readAll(run: string): Promise<Row[]> {
  const queries = await openQueries(run, [labels]);
  try {
    return (await queries.rows(labels.columns, selectTable(labels))).map(({ rank: _, ...row }) => row);
  } finally {
    queries.close();
  }
}
