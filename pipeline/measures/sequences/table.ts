import { float, int, list, type NewRowOf, type RowOf } from '../../store/column-types.ts';
import { optionalTable } from '../../store/table.ts';

/** The contexts in which each head writes most at one token, best first, and its attention from there. */
export const headSequences = optionalTable(
  'head_sequences',
  {
    layer: int,
    head: int,
    rank: int,
    context: int,
    /** The token at which it writes most of this context; BOS is at 0 and does not count. */
    position: int,
    /**
     * ‖z^h·W_O^h‖ there, the norm of what the head adds to the residual stream; ‖(z^h·W_O^h)·γ/σ‖ where a post-attention
     * norm stands in between.
     */
    norm: float,
    /** From there to positions 0 … position; they sum to 1. */
    attention: list(float),
  },
  { sortedBy: ['layer', 'head', 'rank'] },
);

export type HeadSequenceRow = RowOf<typeof headSequences>;
export type NewHeadSequenceRow = NewRowOf<typeof headSequences>;
