import type { NewRowOf, RowOf } from '../column-types.ts';
import { double, int } from '../column-types.ts';
import { optionalTable } from '../schema.ts';

/** Attention and direct logit attribution on repeated prefixes, by head and by length of the prefix. */
export const inductionCurves = optionalTable(
  'study_induction_curves',
  {
    layer: int,
    head: int,
    prefix: int,
    examples: int,
    attention: double,
    attention_low: double,
    attention_high: double,
    attribution: double,
    attribution_low: double,
    attribution_high: double,
  },
  { sortedBy: ['layer', 'head', 'prefix'] },
);

export type InductionCurveRow = RowOf<typeof inductionCurves>;
export type NewInductionCurveRow = NewRowOf<typeof inductionCurves>;
