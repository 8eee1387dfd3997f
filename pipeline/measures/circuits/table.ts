import {
  double,
  float,
  int,
  list,
  type NewRowOf,
  nullable,
  type RowOf,
  struct,
  text,
} from '../../store/column-types.ts';
import { optionalTable } from '../../store/table.ts';

const tokenPairs = list(struct({ from: int, to: int, value: float }));

/** QK and OV circuits of the heads, from weights alone. */
export const headCircuits = optionalTable(
  'head_circuits',
  {
    layer: int,
    head: int,
    tokens: int,
    scores: struct({
      copying_by_eigenvalues: double,
      copying_by_tokens: double,
      same_token_preference: double,
      /** Of position embeddings alone, or of by_distance; null of a model whose queries and keys know no positions. */
      previous_token_by_position: nullable(double),
      current_token_by_position: nullable(double),
      bos_by_position: nullable(double),
      recency_by_position: nullable(double),
    }),
    /** Mean score of two of the tokens by distance t − s from 0 on, under rotary positions; empty without. */
    by_distance: list(float),
    /** The same of a token with itself. */
    same_token_by_distance: list(float),
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
