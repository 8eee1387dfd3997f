import type { NotesOfTables } from './notes-of.ts';

/** Features: statistics, logits, families, and the examples they rest on. */
export const featureNotes = {
  features: {
    count: 'tokens at which it is active',
    density: 'share of the tokens at which it is active, BOS left out',
    mean_active: 'mean activation where it is active; 0 for a dead feature',
    max_activation: 'greatest activation; 0 for a dead feature',
    head_weights: 'each head’s share of its decoder, by norm; they sum to 1, and are all 0 for a decoder row of zeros',
    histogram:
      'activations by equal-width bin of (0, max], lowest first: bounds of the 50 bins, and how many are in each',
    intervals:
      'the ten equal-width intervals of (0, max], highest first: bounds, how many activations, and their share of all; empty for a dead feature',
    positive_logits:
      'the ten tokens that its decoder promotes most, through W_O and the unembedding, highest first; value: logits per unit of activation, final norm left out',
    negative_logits: 'the ten that it suppresses most, lowest first, likewise',
    family: 'what kind of feature it is, or unclear; null for a dead feature',
    family_scores:
      'evidence for each family, 0 to 1: induction to high_level_context; activation_with_sources: share of the activation there once the cut context holds its sources; logit_effect_on_source: mean logit effect on tokens at induction sources, relative to the largest; proxy_specificity: share of active tokens where the induction proxy holds, …_upper_half: of those above half of the maximum; proxy_sensitivity: share of the proxy’s tokens where the feature is active. Fields are null where contexts were not cut so long, or no token’s logit is raised; null for a dead feature',
    family_support:
      'how many examples show the family (shown) of those looked at (of): distinct texts, or those cut short; null for a dead, unclear or positional feature',
    family_confidence:
      'share of made features, called the same on such a score, that were of the family; null for a dead or unclear feature, and where fewer than 3 examples were looked at',
    distinct_texts: 'top examples that end in different 8 tokens; null for a dead feature',
    context_curve:
      'share of the activation left with the context cut to its last 1, 2, 4 … 64 tokens, of examples that have more; ends where longer cuts change nothing; null where none was made',
    reading_profile:
      'shares of the top examples’ positive DFA by source: BOS, induction, duplicate, then others by distance 0, 1, 2, 3–4, 5–8 and so on by powers of two, the last 1025 and over; null for a dead feature',
    read_tokens:
      'up to three tokens after BOS that carry most of the top examples’ positive DFA, at least 5 % each: the commonest spelling of each, and its share; null for a dead feature',
    induction_proxy:
      'how “token_id is next by induction” agrees with it on a sample: active tokens by bin of histogram where it holds (held) and where not (missed), and tokens where it holds and the feature is silent; null for a dead feature, and where no token’s logit is raised',
    summary: 'a sentence by rule, from family, attribution and logit effects',
  },
  examples: {
    interval: '0: a top example; 1 to 10: drawn from that interval, 1 the highest',
    rank: 'from 0, the highest activation first',
    context: 'index into contexts',
    position: 'position of the peak in its context',
    activation: 'activation at the peak',
    window_start: 'position of the first token shown',
    token_ids: 'the tokens shown',
    activations: 'the feature’s activation at each of them',
    dfa_source:
      'direct feature attribution by source: of each position from the context’s beginning to the peak; null except for top examples',
    dfa_head:
      'direct feature attribution by head; with the constant and dfa_output_bias it sums to the pre-activation; null except for top examples',
    dfa_output_bias: 'what b_O adds, at an SAE after W_O; 0 at z; null except for top examples',
  },
  family_checks: {
    family: 'the family it was given, neither unclear nor positional',
    tokens:
      'random active tokens tried, of contexts spread over the run: at most 20, or 8 for local and high-level context',
    shown: 'those of them that show the family',
    family_share_random: 'shown / tokens',
  },
} satisfies NotesOfTables;
