import { bigint, double, int, nullable, type RowOf } from '../../../store/column-types.ts';
import { optionalTable } from '../../../store/table.ts';

/** A model's training as its folder tells it: losses in nats a token, by step. */
export const trainingCurve = optionalTable(
  'study_training_curve',
  {
    step: int,
    tokens: bigint,
    learning_rate: nullable(double),
    loss: nullable(double),
    pool: nullable(int),
    context: nullable(int),
    repeats_first: nullable(double),
    repeats_second: nullable(double),
    held_out: nullable(double),
    ioi_difference: nullable(double),
    ioi_positive: nullable(double),
  },
  { sortedBy: ['step'] },
);

export type TrainingCurveRow = RowOf<typeof trainingCurve>;
