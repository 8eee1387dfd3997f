import type { HeadRow } from '../../../pipeline/measures/heads/table.ts';
import { ACTIVATION_LEVELS } from '../../page-kit/levels.ts';

const LEADING = 10;

export interface HeadCell {
  readonly layer: number;
  readonly head: number;
  /** Mean head weight of its ten leading features; 0 when it has none. */
  readonly dedication: number;
  /** Shade 0…9: where the dedication lies between an even split over the heads and all of the decoder. */
  readonly level: number;
}

function headCell(row: HeadRow, nHeads: number): HeadCell {
  const weights = [...row.top_weights.subarray(0, LEADING)];
  const dedication = weights.length === 0 ? 0 : weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  const even = 1 / nHeads;
  const share = nHeads === 1 ? 1 : (dedication - even) / (1 - even);
  const level =
    weights.length === 0 ? 0 : Math.min(ACTIVATION_LEVELS, Math.max(1, Math.ceil(share * ACTIVATION_LEVELS)));
  return { layer: row.layer, head: row.head, dedication, level };
}

/** Cells by SAE, in order. */
export function headGrid(
  rows: readonly HeadRow[],
  nHeads: number,
): { layer: number; sae: string; cells: HeadCell[] }[] {
  const bySae = Map.groupBy(rows, ({ sae }) => sae);
  return [...bySae].map(([sae, own]) => ({
    layer: own[0].layer,
    sae,
    cells: own.map((row) => headCell(row, nHeads)),
  }));
}
