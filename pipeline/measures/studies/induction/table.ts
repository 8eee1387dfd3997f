import {
  bigint,
  double,
  float,
  int,
  list,
  lowerBound,
  type NewRowOf,
  nullable,
  type RowOf,
  struct,
  text,
  upperBound,
} from '../../../store/column-types.ts';
import { optionalTable } from '../../../store/table.ts';

/** Attention and direct logit attribution on repeated prefixes, by head and by length of the prefix. */
export const inductionCurves = optionalTable(
  'study_induction_curves',
  {
    layer: int,
    head: int,
    prefix: int,
    examples: int,
    attention: double,
    attention_low: lowerBound,
    attention_high: upperBound,
    attribution: double,
    attribution_low: lowerBound,
    attribution_high: upperBound,
  },
  { sortedBy: ['layer', 'head', 'prefix'] },
);

const meanOfEdges = nullable(struct({ mean: double, low: double, high: double }));

/** Every head's verdict, with the evidence from text: lists are by length of prefix from 1 on, the last of it or more. */
export const inductionHeads = optionalTable(
  'study_induction_heads',
  {
    layer: int,
    head: int,
    verdict: text,
    one_token: nullable(double),
    greatest: nullable(double),
    greatest_prefix: nullable(int),
    half_prefix: nullable(int),
    text_pairs: nullable(list(bigint)),
    text_edges: nullable(list(bigint)),
    text_attention: nullable(list(float)),
    replaced: int,
    before: meanOfEdges,
    after: meanOfEdges,
    control: meanOfEdges,
  },
  { sortedBy: ['layer', 'head'] },
);

/** Strong edges on text whose match was cut short: what is read before the source and before the destination, both included. */
export const inductionEdges = optionalTable(
  'study_induction_edges',
  {
    layer: int,
    head: int,
    rank: int,
    context: int,
    source: int,
    destination: int,
    prefix: int,
    attention: float,
    after: float,
    control: float,
    replacement: int,
    source_tokens: list(int),
    destination_tokens: list(int),
  },
  { sortedBy: ['layer', 'head', 'rank'] },
);

export type InductionCurveRow = RowOf<typeof inductionCurves>;
export type InductionHeadRow = RowOf<typeof inductionHeads>;
export type InductionEdgeRow = RowOf<typeof inductionEdges>;
export type NewInductionCurveRow = NewRowOf<typeof inductionCurves>;
export type NewInductionHeadRow = NewRowOf<typeof inductionHeads>;
export type NewInductionEdgeRow = NewRowOf<typeof inductionEdges>;
