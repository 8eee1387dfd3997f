import type {
  InductionCurveRow,
  InductionEdgeRow,
  InductionHeadRow,
} from '../../../../pipeline/measures/studies/induction/table.ts';
import type { StudyRecord } from '../../../../pipeline/measures/studies/study-record.ts';

/** A head with all that was measured of it. */
export interface StudiedHead {
  readonly row: InductionHeadRow;
  /** By length of prefix. */
  readonly curve: readonly InductionCurveRow[];
  readonly edges: readonly InductionEdgeRow[];
}

export interface InductionData {
  readonly record: Pick<StudyRecord, 'settings'>;
  readonly heads: readonly StudiedHead[];
}

export const headName = ({ layer, head }: { readonly layer: number; readonly head: number }): string =>
  `${layer}.${head}`;

/** Those that attend by induction, or may: long-prefix first, then unclear, then short-prefix. */
export function inductionHeadsOf({ heads }: InductionData): StudiedHead[] {
  const rank = ({ row }: StudiedHead) => ['long', 'unclear', 'short'].indexOf(kindOf(row));
  return heads.filter(({ row }) => row.half_prefix !== null).toSorted((a, b) => rank(a) - rank(b));
}

export type HeadKind = 'long' | 'short' | 'none' | 'unclear';

const kinds: Readonly<Record<string, HeadKind | undefined>> = {
  'long-prefix induction': 'long',
  'short-prefix induction': 'short',
  'not induction': 'none',
};

/** A verdict as the class that colours it. */
export const kindOf = ({ verdict }: Pick<InductionHeadRow, 'verdict'>): HeadKind => kinds[verdict] ?? 'unclear';

export function join(
  heads: readonly InductionHeadRow[],
  curves: readonly InductionCurveRow[],
  edges: readonly InductionEdgeRow[],
): StudiedHead[] {
  const curveOf = Map.groupBy(curves, headName);
  const edgesOf = Map.groupBy(edges, headName);
  return heads.map((row) => ({
    row,
    curve: curveOf.get(headName(row)) ?? [],
    edges: edgesOf.get(headName(row)) ?? [],
  }));
}
