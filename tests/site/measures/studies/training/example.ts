import type { TrainingCurveRow } from '../../../../../pipeline/measures/studies/training/table.ts';

const nothing = {
  learning_rate: null,
  loss: null,
  pool: null,
  context: null,
  ioi_difference: null,
  ioi_positive: null,
};
export const row = (step: number, part: Partial<TrainingCurveRow>): TrainingCurveRow => ({
  ...nothing,
  ...{ step, tokens: step * 10_000, repeats_first: 8, repeats_second: 8, held_out: null },
  ...part,
});
/** A curve of four points, in two stages. */
export const rows = [
  row(0, { pool: 16, context: 48 }),
  row(100, { pool: 16, context: 48 }),
  row(200, { pool: 4095, context: 128, repeats_second: 3, held_out: 5 }),
  row(300, { pool: 4095, context: 128, repeats_second: 1, held_out: 4.25, ioi_difference: -0.5, ioi_positive: 0.25 }),
];
