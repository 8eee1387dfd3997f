import type { HeadRow, HeadVerdictRow } from '../../pipeline/measures/heads/table.ts';

export const headScores = {
  roles_low: 1.64,
  roles_high: 1.64,
  features: 120,
  known_features: 110,
  known_share: 0.9,
  mean_head_weight: 0.5,
  mean_attribution_share: 0.6,
  weight_attribution_correlation: 0.875,
};

export const headAttention = {
  induction_on_repeats: 0.71,
  previous_token_on_repeats: null,
  duplicate_token_on_repeats: null,
  induction_on_text: 0.4,
  previous_token_on_text: null,
  duplicate_token_on_text: null,
  current_token_on_text: null,
  bos_on_text: 0.3,
  entropy_on_text: Math.log(5),
  distance_on_text: 12,
};

/** Head 1.2, polysemantic, mostly of induction. */
export function headRow(part: Partial<HeadRow> = {}): HeadRow {
  return {
    layer: 1,
    sae: String(part.layer ?? 1),
    head: 2,
    top_features: Int32Array.of(3),
    top_weights: Float32Array.of(0.9),
    family_mix: [
      { family: 'BOS', share: 0.2, features: 2, leading: Int32Array.of(7, 8) },
      { family: 'induction', share: 0.8, features: 118, leading: Int32Array.of(3, 5) },
    ],
    scores: headScores,
    attention: headAttention,
    attention_by_chance: null,
    conflicts: [],
    polysemanticity: 'polysemantic',
    paper_rule: {
      verdict: 'monosemantic candidate',
      features: 10,
      known_features: 9,
      roles: 1.2,
      roles_of_5: 1,
      roles_of_20: 1.3,
      roles_by_family: 1.1,
      roles_by_reading: 1.2,
      roles_by_logit_effect: 9.9,
      roles_by_activation: 10,
      family_mix: [
        { family: 'current token', features: 9 },
        { family: 'unclear', features: 1 },
      ],
    },
    ...part,
  };
}

export function verdictRow(part: Partial<HeadVerdictRow> = {}): HeadVerdictRow {
  return {
    ...{ layer: 1, sae: String(part.layer ?? 1), head: 2, features: null, least_confidence: 0, threshold: 1.5 },
    ...{ roles_low: 1.64, roles_high: 1.64, verdict: 'polysemantic' },
    ...part,
  };
}
