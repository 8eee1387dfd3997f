import type { SaeCurve } from '../../record/sae-curves.ts';
import { fillTable } from '../../store/fill-table.ts';
import { type NewTrainingCurveRow, trainingCurve } from './table.ts';

/** Writes the curves of the SAEs' trainings into OUT; no table where none has one. */
export async function writeTrainingCurves(out: string, curves: readonly SaeCurve[]): Promise<void> {
  if (curves.length === 0) return;
  await fillTable(out, trainingCurve, (table) => table.append(curves.flatMap(rowsOf)));
}

const rowsOf = ({ layer, sae, points }: SaeCurve): NewTrainingCurveRow[] =>
  points.map((point) => ({ layer, sae, ...point }));
