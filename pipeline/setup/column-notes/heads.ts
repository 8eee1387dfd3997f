import type { NotesOfTables } from './notes-of.ts';

/** Heads: verdicts, attention, circuits and sequences. */
export const headNotes = {
  heads: {
    top_features: 'the 50 features, at most, of the greatest head weight at this head, greatest first',
    top_weights: 'their head weights',
    family_mix:
      'families of its features (those with more than an even share on it, twins once), largest first: share of its attribution, how many features, and the leading ones, five at most; null in older runs',
    scores:
      'roles_low, roles_high: effective roles if unclear features had the leading family, and if each had one of its own; features, those of a known family and their share of its attribution; of the ten of greatest head weight, mean head weight and mean share of their attribution that it carries; correlation of these two over alive features; null in older runs',
    attention:
      'mean attention to each kind of source, on random tokens repeated once (…_on_repeats) and on a sample of text (…_on_text); entropy −Σ A·ln A in nats, distance Σ A·(t − s) in tokens. Fields are null where there is no such source, or no room for repeats; null in older runs',
    attention_by_chance: 'the same of a head that attends evenly to every source it can reach',
    conflicts:
      'where attention and families disagree: kind attended (it attends there, few features read that) or read (features do, it hardly attends there), family of the source, place (repeats or text), its attention there, and the share of its attribution by families that go with it; null in older runs',
    polysemanticity:
      'monosemantic candidate, polysemantic, conflicting evidence or too little evidence; null in older runs',
    paper_rule:
      'the paper’s rule on the ten features of greatest head weight, those of no more than an even share left out: verdict; features, and those of a known family; effective roles, with five and with twenty features instead, and by each aspect of a role alone; features by family, most first; null in older runs',
  },
  head_verdicts: {
    features: 'features of greatest head weight judged, at most; null: all with more than an even share on the head',
    least_confidence: 'families of less confidence count as unclear',
    threshold: 'most roles of a monosemantic candidate',
    roles_low: 'effective roles if unclear features had the leading family',
    roles_high: 'the same if each had a role of its own',
    verdict: 'as polysemanticity in heads, by this choice',
  },
  head_circuits: {
    tokens: 'how many tokens are read through its circuits: the most frequent of the text',
    scores:
      'copying: Σλ/Σ|λ| over the vocabulary (by_eigenvalues), and share of tokens among the ten that they raise most (by_tokens); same_token_preference: share among the ten keys they score highest; attention by position alone (…_by_position), and the mean correlation of score and source position (recency), −1 to 1. These are null where queries and keys know no positions',
    by_distance: 'mean score of two of the tokens by distance t − s from 0 on, under rotary positions; empty without',
    same_token_by_distance: 'the same of a token with itself',
    qk_rank: 'effective rank of W_QK: exp(−Σ p·ln p) of its singular values σ, p = σ/Σσ',
    ov_rank: 'the same of W_OV',
    qk_singular: 'singular values of W_QK, highest first, as many as the head is wide',
    ov_singular: 'those of W_OV',
    writes: 'the ten strongest token pairs, read (from) → raised (to); value: logits, less the mean token’s',
    attends: 'the ten strongest, query (from) → key (to); value: score, less the mean key’s',
    composition:
      'earlier heads it composes with most, three of each kind (K, Q, V), greatest first: score ‖A·B‖/(‖A‖·‖B‖) less 1/√dModel',
  },
  head_sequences: {
    rank: 'from 0, the greatest norm first; one row per context',
    context: 'index into contexts',
    position: 'position of the token at which it writes most of this context, BOS left out',
    norm: 'norm of what it adds to the residual stream there, b_O left out; σ of a post-attention norm frozen',
    attention: 'its attention from there to positions 0 … position; sums to 1',
  },
} satisfies NotesOfTables;
