import type { NewHeadCircuitsRow } from '../../pipeline/measures/circuits/table.ts';
import type { NewHeadRow } from '../../pipeline/measures/heads/table.ts';
import type { NewHeadSequenceRow } from '../../pipeline/measures/sequences/table.ts';
import type { NewFeatureRow } from '../../pipeline/measures/statistics/table.ts';
import { CONTEXT, CONTEXTS, type SyntheticShape } from './synthetic-shape.ts';

/** A layer's rows of `heads`. */
export function syntheticHeads(shape: SyntheticShape, layer: number, alive: readonly NewFeatureRow[]): NewHeadRow[] {
  return Array.from({ length: shape.heads }, (_, head) => {
    const top = alive.toSorted((a, b) => b.head_weights[head] - a.head_weights[head]).slice(0, 50);
    return {
      layer,
      sae: String(layer),
      head,
      top_features: top.map((row) => row.feature),
      top_weights: top.map((row) => row.head_weights[head]),
      ...(layer > 0 ? syntheticVerdict(head / shape.heads, top) : noVerdict),
      polysemanticity: layer > 0 ? (head % 2 ? 'polysemantic' : 'monosemantic candidate') : null,
    };
  });
}

const noVerdict = {
  ...{ family_mix: null, scores: null, attention: null, attention_by_chance: null },
  ...{ conflicts: null, paper_rule: null },
};

function syntheticVerdict(share: number, top: readonly NewFeatureRow[]) {
  const leading = top.slice(0, 3).map(({ feature }) => feature);
  const kinds = {
    ...{ induction_on_repeats: share, previous_token_on_repeats: share, duplicate_token_on_repeats: share },
    ...{ induction_on_text: share / 5, previous_token_on_text: share / 5, duplicate_token_on_text: share / 5 },
    ...{ current_token_on_text: share / 5, bos_on_text: share / 5 },
  };
  const roles = 1 + share;
  return {
    family_mix: [
      { family: 'name mover', share: 0.75, features: 30, leading },
      { family: 'induction', share: 0.25, features: 10, leading },
    ],
    scores: {
      ...{ roles_low: roles, roles_high: roles, features: 40, known_features: 40, known_share: 1 },
      ...{ mean_head_weight: share, mean_attribution_share: share, weight_attribution_correlation: 0.8 },
    },
    attention: { ...kinds, entropy_on_text: 2.5, distance_on_text: 21 },
    attention_by_chance: null,
    conflicts: [],
    paper_rule: {
      ...{ verdict: 'polysemantic', features: 10, known_features: 10, roles, roles_of_5: roles, roles_of_20: roles },
      ...{ roles_by_family: 2, roles_by_reading: 2, roles_by_logit_effect: 9, roles_by_activation: 9 },
      family_mix: [{ family: 'induction', features: 10 }],
    },
  };
}

/** Token pairs walk the vocabulary, so that they hold its hostile tokens. */
export function syntheticCircuits({ heads, vocabulary }: SyntheticShape, layer: number): NewHeadCircuitsRow[] {
  return Array.from({ length: heads }, (_, head) => {
    const pairs = Array.from({ length: 10 }, (_, i) => {
      const token = 10 * (layer * heads + head) + i;
      return { from: token % vocabulary, to: (token * 7) % vocabulary, value: 9 - i / 2 };
    });
    const circuits = {
      by_distance: [0, 2, 1, 0.5],
      same_token_by_distance: [1, 1, 1, 1],
      qk_rank: 20,
      ov_rank: 25,
      qk_singular: [2, 1],
      ov_singular: [1, 1],
      writes: pairs,
      attends: pairs,
    };
    const composition = layer > 0 ? [{ kind: 'K', layer: layer - 1, head: 0, score: 0.1 }] : [];
    const scores = {
      ...{ copying_by_eigenvalues: head / heads, copying_by_tokens: head / heads, same_token_preference: 0.1 },
      ...{ previous_token_by_position: null, current_token_by_position: null, bos_by_position: null },
      recency_by_position: -0.2,
    };
    return { layer, head, tokens: vocabulary, scores, ...circuits, composition };
  });
}

/** Three contexts a head: it attends to BOS, to a token some way back and to itself. */
export function syntheticSequences({ heads }: SyntheticShape, layer: number): NewHeadSequenceRow[] {
  return Array.from({ length: 3 * heads }, (_, i) => {
    const [head, rank] = [Math.floor(i / 3), i % 3];
    const position = 10 + ((7 * i + 40 * rank) % (CONTEXT - 10));
    const attention = new Float32Array(position + 1).fill(0.1 / (position - 2));
    attention.set([0.25], 0);
    attention.set([0.5], Math.max(1, position - 5 - 20 * rank));
    attention.set([0.15], position);
    return { layer, head, rank, context: (i + 31 * layer) % CONTEXTS, position, norm: 9 - rank, attention };
  });
}
