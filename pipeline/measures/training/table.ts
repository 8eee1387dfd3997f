import { bigint, double, int, type NewRowOf, type RowOf, text } from '../../store/column-types.ts';
import { optionalTable } from '../../store/table.ts';

/** How SAEs were trained, by step, of those that have a curve beside them. */
export const trainingCurve = optionalTable(
  'training_curve',
  {
    layer: int,
    sae: text,
    step: int,
    tokens: bigint,
    learning_rate: double,
    loss: double,
    explained_variance: double,
    l0: double,
    dead: int,
    threshold: double,
  },
  { sortedBy: ['layer', 'sae', 'step'] },
);

export type TrainingCurveRow = RowOf<typeof trainingCurve>;
export type NewTrainingCurveRow = NewRowOf<typeof trainingCurve>;
