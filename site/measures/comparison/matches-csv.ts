import type { ComparedFeatureRow } from '../../../pipeline/measures/comparison/table.ts';
import { csvText } from '../../page-kit/csv.ts';

const columns = [
  ...(['nearest_of', 'feature', 'other_feature', 'cosine', 'is_mutual', 'family', 'other_family', 'density'] as const),
  ...(['other_density', 'max_activation', 'other_max_activation', 'other_label', 'other_summary'] as const),
] as const;

/** An SAE's matched features as CSV, the columns of the table compared_features; an empty cell for what is not known. */
export const matchesCsv = (rows: readonly ComparedFeatureRow[]): string =>
  csvText([columns, ...rows.map((row) => columns.map((name) => cellOf(row[name])))]);

function cellOf(value: string | number | boolean | null): string | number {
  if (typeof value === 'number') return Number(value.toPrecision(6));
  return value === null ? '' : String(value);
}
