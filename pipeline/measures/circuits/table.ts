import { double, float, int, list, map, type NewRowOf, type RowOf, struct, text } from '../../store/column-types.ts';
import { optionalTable } from '../../store/table.ts';

const tokenPairs = list(struct({ from: int, to: int, value: float }));

/** QK and OV circuits of the heads, from weights alone. */
export const headCircuits = optionalTable(
  'head_circuits',
  {
    layer: int,
    head: int,
    tokens: int,
    scores: map(double),
    qk_rank: double,
    ov_rank: double,
    qk_singular: list(float),
    ov_singular: list(float),
    writes: tokenPairs,
    attends: tokenPairs,
    composition: list(struct({ kind: text, layer: int, head: int, score: double })),
  },
  { sortedBy: ['layer', 'head'] },
);

export type HeadCircuitsRow = RowOf<typeof headCircuits>;
export type NewHeadCircuitsRow = NewRowOf<typeof headCircuits>;
