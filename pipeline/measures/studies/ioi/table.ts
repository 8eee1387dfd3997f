import {
  double,
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

/** A mean with its 95 % interval. */
const estimate = struct({ mean: double, low: lowerBound, high: upperBound });

/** Logit differences, receiver less giver, of each template in each order; `best`: the receiver is the model's first choice. */
export const ioiAnswers = optionalTable(
  'study_ioi_answers',
  {
    template: int,
    story_order: text,
    habit: text,
    example: text,
    receiver: text,
    giver: text,
    difference: estimate,
    positive: int,
    best: int,
    prompts: int,
  },
  { sortedBy: ['template', 'story_order'] },
);

/** The same of all templates told, and of those that are solved; the interval is over templates. */
export const ioiTotals = optionalTable(
  'study_ioi_totals',
  { templates: text, story_order: text, template_count: int, difference: estimate, positive: int, prompts: int },
  { sortedBy: ['templates', 'story_order'] },
);

/** Features ablated at S2: change of the logit difference, mean activation and prompts in which it is active, by order. */
export const ioiFeatures = optionalTable(
  'study_ioi_features',
  {
    layer: int,
    sae: text,
    rank: int,
    feature: int,
    effect: estimate,
    effect_abba: estimate,
    effect_baba: estimate,
    activation_abba: double,
    activation_baba: double,
    active_abba: int,
    active_baba: int,
    selectivity: double,
    role: nullable(text),
  },
  { sortedBy: ['layer', 'rank'] },
);

/**
 * Heads: what each writes at the end, what patching it does, what it attends to (in the order of `sources`); intervals are
 * widened for all heads being looked at.
 */
export const ioiHeads = optionalTable(
  'study_ioi_heads',
  {
    layer: int,
    head: int,
    direct: estimate,
    end_effect: estimate,
    indirect: estimate,
    s2_effect: estimate,
    from_end: list(double),
    from_s2: list(double),
    to_next: double,
    roles: list(text),
  },
  { sortedBy: ['layer', 'head'] },
);

/**
 * Arrows of the path, each with its number: shares of a feature's DFA (by source, through a head, or by component), or
 * logits (through a head at the end, of a later head's writing, or written directly).
 */
export const ioiEdges = optionalTable(
  'study_ioi_edges',
  {
    edge: int,
    from_kind: text,
    from_layer: nullable(int),
    from_sae: nullable(text),
    from_index: nullable(int),
    to_kind: text,
    to_layer: nullable(int),
    to_sae: nullable(text),
    to_index: nullable(int),
    through_head: nullable(int),
    unit: text,
    value: double,
    low: nullable(double),
    high: nullable(double),
  },
  { sortedBy: ['edge'] },
);

/** Activations of changed prompts put into the unchanged ones at S2. */
export const ioiPatches = optionalTable(
  'study_ioi_patches',
  {
    patch: int,
    corruption: text,
    patched: text,
    layer: nullable(int),
    sae: nullable(text),
    feature: nullable(int),
    activation_clean: nullable(double),
    activation_corrupted: nullable(double),
    effect: estimate,
    total: estimate,
    explained: nullable(double),
  },
  { sortedBy: ['patch'] },
);

export type IoiAnswerRow = RowOf<typeof ioiAnswers>;
export type IoiTotalRow = RowOf<typeof ioiTotals>;
export type IoiFeatureRow = RowOf<typeof ioiFeatures>;
export type IoiHeadRow = RowOf<typeof ioiHeads>;
export type IoiEdgeRow = RowOf<typeof ioiEdges>;
export type IoiPatchRow = RowOf<typeof ioiPatches>;

export type NewIoiAnswerRow = NewRowOf<typeof ioiAnswers>;
export type NewIoiTotalRow = NewRowOf<typeof ioiTotals>;
export type NewIoiFeatureRow = NewRowOf<typeof ioiFeatures>;
export type NewIoiHeadRow = NewRowOf<typeof ioiHeads>;
export type NewIoiEdgeRow = NewRowOf<typeof ioiEdges>;
export type NewIoiPatchRow = NewRowOf<typeof ioiPatches>;
