import type { Columns, NewRowOf, RowOf, Table } from '../store/column-types.ts';
import { bigint, blob, double, float, int, list, map, nullable, struct, text } from '../store/column-types.ts';

/** Features of one row group; readers ask for as many at a time. */
export const FEATURES_PER_BLOCK = 2048;

function table<const C extends Columns>(
  name: string,
  columns: C,
  options: { sortedBy: readonly (keyof C & string)[]; rowGroupRows?: number; fileRows?: number },
): Table<C> {
  return { name, columns, rowGroupRows: 16_384, fileRows: 131_072, ...options };
}

/** A table that a run may have been told to leave out. */
export function optionalTable<const C extends Columns>(
  name: string,
  columns: C,
  options: { sortedBy: readonly (keyof C & string)[] },
): Table<C> {
  return { ...table(name, columns, options), optional: true };
}

export const saes = table(
  'saes',
  {
    layer: int,
    d_in: int,
    d_sae: int,
    tokens: bigint,
    contexts: int,
    quality_tokens: bigint,
    quality_contexts: int,
    l0: double,
    explained_variance: nullable(double),
    ce_clean: double,
    ce_sae: double,
    ce_zero: double,
    ce_mean: double,
    loss_recovered: nullable(double),
    dead_features: int,
    explained_variance_low: nullable(double),
    explained_variance_high: nullable(double),
    ce_clean_low: nullable(double),
    ce_clean_high: nullable(double),
    ce_sae_low: nullable(double),
    ce_sae_high: nullable(double),
    ce_zero_low: nullable(double),
    ce_zero_high: nullable(double),
    ce_mean_low: nullable(double),
    ce_mean_high: nullable(double),
    loss_recovered_low: nullable(double),
    loss_recovered_high: nullable(double),
    source: text,
    processing: text,
    folded_bias: text,
    processing_source: text,
  },
  { sortedBy: ['layer'] },
);

const tokenValues = list(struct({ token_id: int, token: text, value: float }));

export const features = table(
  'features',
  {
    layer: int,
    feature: int,
    count: bigint,
    density: double,
    mean_active: double,
    max_activation: float,
    constant: float,
    head_weights: list(float),
    histogram: struct({ edges: list(float), counts: list(bigint) }),
    intervals: list(struct({ low: float, high: float, count: bigint, share: double })),
    positive_logits: tokenValues,
    negative_logits: tokenValues,
    family: nullable(text),
    family_scores: nullable(map(double)),
    family_support: nullable(struct({ shown: int, of: int })),
    family_confidence: nullable(double),
    distinct_texts: nullable(int),
    context_curve: nullable(list(float)),
    reading_profile: nullable(list(float)),
    read_tokens: nullable(list(struct({ token_id: int, share: double }))),
    induction_proxy: nullable(struct({ token_id: int, held: list(bigint), missed: list(bigint), silent: bigint })),
  },
  { sortedBy: ['layer', 'feature'], rowGroupRows: FEATURES_PER_BLOCK, fileRows: 16 * FEATURES_PER_BLOCK },
);

export const examples = table(
  'examples',
  {
    layer: int,
    feature: int,
    interval: int,
    rank: int,
    context: int,
    position: int,
    activation: float,
    window_start: int,
    token_ids: list(int),
    activations: list(float),
    dfa_source: nullable(list(float)),
    dfa_head: nullable(list(float)),
  },
  { sortedBy: ['layer', 'feature', 'interval', 'rank'] },
);

const headAttention = struct({
  induction_on_repeats: nullable(double),
  previous_token_on_repeats: nullable(double),
  duplicate_token_on_repeats: nullable(double),
  induction_on_text: nullable(double),
  previous_token_on_text: nullable(double),
  duplicate_token_on_text: nullable(double),
  current_token_on_text: nullable(double),
  bos_on_text: nullable(double),
  entropy_on_text: nullable(double),
  distance_on_text: nullable(double),
});

export const heads = table(
  'heads',
  {
    layer: int,
    head: int,
    top_features: list(int),
    top_weights: list(float),
    family_mix: nullable(list(struct({ family: text, share: double, features: int, leading: list(int) }))),
    scores: nullable(
      struct({
        roles_low: double,
        roles_high: double,
        features: int,
        known_features: int,
        known_share: double,
        mean_head_weight: double,
        mean_attribution_share: double,
        weight_attribution_correlation: double,
      }),
    ),
    attention: nullable(headAttention),
    /** What a head would have that attends evenly to every source. */
    attention_by_chance: nullable(headAttention),
    conflicts: nullable(list(struct({ kind: text, family: text, place: text, attention: double, share: double }))),
    polysemanticity: nullable(text),
    paper_rule: nullable(
      struct({
        verdict: text,
        features: int,
        known_features: int,
        roles: double,
        roles_of_5: double,
        roles_of_20: double,
        roles_by_family: double,
        roles_by_reading: double,
        roles_by_logit_effect: double,
        roles_by_activation: double,
        family_mix: list(struct({ family: text, features: int })),
      }),
    ),
  },
  { sortedBy: ['layer', 'head'] },
);

/** Each head's verdict by every choice of features (null: all with more than an even share), confidence and threshold. */
export const headVerdicts = optionalTable(
  'head_verdicts',
  {
    layer: int,
    head: int,
    features: nullable(int),
    least_confidence: double,
    threshold: double,
    roles_low: double,
    roles_high: double,
    verdict: text,
  },
  { sortedBy: ['layer', 'head', 'least_confidence', 'threshold', 'features'] },
);

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

/**
 * What features read, by recursive attribution over some of their top examples: each feature's rows by magnitude of
 * share. The shares of a feature sum to 1, `other_features` holding the upstream features not listed.
 */
export const upstream = optionalTable(
  'upstream',
  {
    layer: int,
    feature: int,
    rank: int,
    kind: text,
    upstream_layer: nullable(int),
    upstream_feature: nullable(int),
    head: nullable(int),
    share: double,
    distance: nullable(double),
    examples: int,
    seen: int,
    wiring: nullable(double),
  },
  { sortedBy: ['layer', 'feature', 'rank'] },
);

/** Mean z [nHeads·dHead] of each layer that has an SAE, over the tokens its quality is measured on. */
export const zMeans = optionalTable('z_means', { layer: int, mean_z: list(float) }, { sortedBy: ['layer'] });

/** The features of lower layers that each feature is wired to most strongly, by weights alone. */
export const wiring = optionalTable(
  'wiring',
  {
    layer: int,
    feature: int,
    rank: int,
    upstream_layer: int,
    upstream_feature: int,
    head: int,
    value: float,
  },
  { sortedBy: ['layer', 'feature', 'rank'] },
);

/** Random active tokens of a feature, drawn from contexts spread over the run, and how many show its family. */
export const familyChecks = optionalTable(
  'family_checks',
  { layer: int, feature: int, family: text, tokens: int, shown: int, family_share_random: double },
  { sortedBy: ['layer', 'feature'] },
);

/**
 * What was packed. `tokens` are those that are in contexts, the end-of-text token after the document among them, and
 * `token_start` counts those of all documents before: token t of contexts of n positions is at position
 * t mod (n − 1) + 1 of context ⌊t / (n − 1)⌋. The hash is the text's SHA-256; none of a document not read to its end.
 */
export const documents = table(
  'documents',
  { document: int, file: text, offset: bigint, hash: nullable(text), tokens: bigint, token_start: bigint },
  { sortedBy: ['document'] },
);

/** `document` is that of a context's first token after the beginning of sequence, and `offset` its place among the document's tokens. */
export const contexts = table(
  'contexts',
  { context: int, token_ids: list(int), document: int, offset: bigint },
  { sortedBy: ['context'] },
);

export const vocabulary = table('vocabulary', { token_id: int, token: text, bytes: blob }, { sortedBy: ['token_id'] });

export const tables = {
  saes,
  features,
  examples,
  heads,
  head_verdicts: headVerdicts,
  head_circuits: headCircuits,
  upstream,
  z_means: zMeans,
  wiring,
  family_checks: familyChecks,
  documents,
  contexts,
  vocabulary,
};

export type SaeRow = RowOf<typeof saes>;
export type FeatureRow = RowOf<typeof features>;
export type ExampleRow = RowOf<typeof examples>;
export type HeadRow = RowOf<typeof heads>;
export type HeadVerdictRow = RowOf<typeof headVerdicts>;
export type HeadCircuitsRow = RowOf<typeof headCircuits>;
export type UpstreamRow = RowOf<typeof upstream>;
export type ZMeanRow = RowOf<typeof zMeans>;
export type WiringRow = RowOf<typeof wiring>;
export type FamilyCheckRow = RowOf<typeof familyChecks>;
export type DocumentRow = RowOf<typeof documents>;
export type ContextRow = RowOf<typeof contexts>;
export type VocabularyRow = RowOf<typeof vocabulary>;

export type NewSaeRow = NewRowOf<typeof saes>;
export type NewFeatureRow = NewRowOf<typeof features>;
export type NewExampleRow = NewRowOf<typeof examples>;
export type NewHeadRow = NewRowOf<typeof heads>;
export type NewHeadVerdictRow = NewRowOf<typeof headVerdicts>;
export type NewHeadCircuitsRow = NewRowOf<typeof headCircuits>;
export type NewUpstreamRow = NewRowOf<typeof upstream>;
export type NewZMeanRow = NewRowOf<typeof zMeans>;
export type NewWiringRow = NewRowOf<typeof wiring>;
export type NewDocumentRow = NewRowOf<typeof documents>;
export type NewContextRow = NewRowOf<typeof contexts>;
export type NewVocabularyRow = NewRowOf<typeof vocabulary>;
