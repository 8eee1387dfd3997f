import { double, int, type NewRowOf, nullable } from '../../store/column-types.ts';
import { table } from '../../store/table.ts';

/** What `atlas induction` finds of every head of a model; null where its contexts are too short to repeat tokens. */
export const headScores = table(
  'head_scores',
  {
    layer: int,
    head: int,
    induction: nullable(double),
    previous_token: nullable(double),
    duplicate_token: nullable(double),
    /** Σλ/Σ|λ| of the eigenvalues of the head's token-to-token circuit. */
    copying: double,
    /** What a head would have that attends evenly to every source. */
    induction_by_chance: nullable(double),
    previous_token_by_chance: nullable(double),
    duplicate_token_by_chance: nullable(double),
  },
  { sortedBy: ['layer', 'head'] },
);

export type NewHeadScoresRow = NewRowOf<typeof headScores>;
