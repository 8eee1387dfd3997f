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
} from '../../store/column-types.ts';
import { optionalTable } from '../../store/table.ts';

/** What is said of a feature in words: columns of `features`. */
export const labelColumns = {
  /** By rule from family, attribution and logit effects; see featureSummary. */
  summary: text,
};

/**
 * What people and models say of features, beside a finished run; several labels a feature, rank 0 the best supported (see
 * bySupport). A row is of the SAE with these weights: where a later run has others under the same id, it is not read.
 */
export const labels = optionalTable(
  'labels',
  {
    layer: int,
    sae: text,
    feature: int,
    rank: int,
    label: text,
    /** `imported`, or `model`: asked for by the label command. */
    kind: text,
    author: nullable(text),
    /** The language model that wrote it. */
    model: nullable(text),
    /** The first of `scores`, and what it measures: detection, fuzzing, or a name that came with it. */
    score: nullable(double),
    score_low: nullable(double),
    score_high: nullable(double),
    score_kind: nullable(text),
    /** 95 % intervals; without bounds where a score came with none. */
    scores: list(struct({ kind: text, value: double, low: lowerBound, high: upperBound })),
    /** What it was read from or how it was asked for: `labels.csv`, `Neuronpedia gpt2-small/5-att-kk`, `attention style`. */
    source: text,
    sae_sha256: text,
  },
  { sortedBy: ['layer', 'sae', 'feature', 'rank'] },
);

/** Every prompt that labels and scores were asked with, and what was answered. */
export const labelAnswers = optionalTable(
  'label_answers',
  {
    layer: int,
    sae: text,
    feature: int,
    /** explain, detection or fuzzing. */
    purpose: text,
    model: text,
    style: text,
    /** The messages, as JSON. */
    prompt: text,
    answer: text,
    /** As the endpoint counted them. */
    prompt_tokens: nullable(double),
    answer_tokens: nullable(double),
    /** Hash of the model and the request: what has one is not asked again. */
    key: text,
  },
  { sortedBy: ['layer', 'sae', 'feature', 'key'] },
);

export type LabelAnswerRow = RowOf<typeof labelAnswers>;
export type LabelRow = RowOf<typeof labels>;
export type NewLabelRow = NewRowOf<typeof labels>;
