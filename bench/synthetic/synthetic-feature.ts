import type { FamilyScores } from '../../pipeline/measures/families/maths/family-scores.ts';
import type { NewExampleRow, NewFeatureRow } from '../../pipeline/measures/statistics/table.ts';
import type { Random } from './random.ts';

export interface SyntheticWorld {
  readonly random: Random;
  readonly nHeads: number;
  readonly tokens: readonly string[];
  /** Token ids of each context, BOS first. */
  readonly contexts: readonly Int32Array[];
}

const WINDOW = { before: 32, after: 8 };
const TOP = 20;
const PER_INTERVAL = 5;
const BINS = 50;
/** Families as any run may name them, one unknown to the classification among them. */
const FAMILIES = ['induction', 'previous token', 'name mover', 'local context'];

/** A plausible feature: its sums add up, its dead twin (one in twelve) has no examples, layer 0 has no families. */
export function syntheticFeature(world: SyntheticWorld, layer: number, feature: number): NewFeatureRow {
  const { random } = world;
  const dead = random.below(12) === 0;
  const max = dead ? 0 : random.activation(8);
  const histogram = syntheticHistogram(random, max);
  const count = sum(histogram.counts);
  const scores = FAMILIES.map((name) => [name, random.unit()] as const);
  const best = scores.reduce((a, b) => (b[1] > a[1] ? b : a));
  return {
    layer,
    sae: String(layer),
    feature,
    count,
    density: count / 100_000,
    mean_active: max / 3,
    max_activation: max,
    constant: Math.fround(random.unit() - 0.7),
    head_weights: shares(random, world.nHeads),
    histogram,
    intervals: dead ? [] : syntheticIntervals(histogram.counts, max),
    positive_logits: syntheticLogits(world, 1),
    negative_logits: syntheticLogits(world, -1),
    family: layer > 0 && best[1] > 0.8 ? best[0] : null,
    family_scores: layer > 0 ? syntheticScores(scores.map(([, score]) => score)) : null,
    family_support: layer > 0 && !dead ? { shown: 5, of: 7 } : null,
    family_confidence: layer > 0 && best[1] > 0.8 ? 0.9 : null,
    distinct_texts: layer > 0 && !dead ? 7 : null,
    context_curve: layer > 0 && !dead ? Float32Array.of(0.1, 0.2, 0.4, 0.7, 0.95, 0.97) : null,
    reading_profile:
      layer > 0 && !dead ? Float32Array.of(0.05, 0.2, 0.05, 0.2, 0.3, 0.1, 0.05, 0.05, 0, 0, 0, 0, 0, 0, 0, 0) : null,
    read_tokens: layer > 0 && !dead ? [{ token_id: 7, share: 0.5 }] : null,
    summary: 'active on ` word1`',
    induction_proxy:
      layer > 0 && !dead
        ? { token_id: 7, held: histogram.counts.map((n) => Math.floor(n / 3)), missed: histogram.counts, silent: 12 }
        : null,
  };
}

function syntheticScores([induction, previous, copying, local]: readonly number[]): FamilyScores {
  return {
    ...{ induction, previous_token: previous, copying, local_context: local, high_level_context: 1 - local },
    ...{ duplicate_token: 0, succession: 0, skip_gram: 0, current_token: 0, bos: 0, positional: 0 },
    ...{ activation_with_sources: null, logit_effect_on_source: 0 },
    ...{ proxy_specificity: null, proxy_specificity_upper_half: null, proxy_sensitivity: null },
  };
}

/** The top examples of a feature and those of its intervals, in the table's order. */
export function syntheticExamples(world: SyntheticWorld, feature: NewFeatureRow): NewExampleRow[] {
  const max = feature.max_activation;
  const top = descending(world.random, Math.min(TOP, feature.count), 0.6 * max, max);
  const groups = feature.intervals.map(({ low, high, count }) =>
    descending(world.random, Math.min(PER_INTERVAL, count), low, high),
  );
  if (top.length > 0) top[0] = max;
  return [top, ...groups].flatMap((activations, interval) =>
    activations.map((activation, rank) => syntheticExample(world, feature, { interval, rank, activation })),
  );
}

function syntheticExample(
  { random, nHeads, contexts }: SyntheticWorld,
  { layer, sae, feature, constant }: NewFeatureRow,
  at: { interval: number; rank: number; activation: number },
): NewExampleRow {
  const context = random.below(contexts.length);
  const tokens = contexts[context];
  const position = 1 + random.below(tokens.length - 1);
  const start = Math.max(0, position - WINDOW.before);
  const token_ids = tokens.slice(start, position + WINDOW.after + 1);
  const activations = Float32Array.from(token_ids, () => (random.below(8) ? 0 : random.activation(at.activation)));
  activations[position - start] = at.activation;
  const explained = at.activation - constant;
  const split = (n: number) => shares(random, n).map((share) => share * explained);
  return {
    ...{ layer, sae, feature, ...at, context, position, window_start: start, token_ids, activations },
    dfa_source: at.interval === 0 ? split(position + 1) : null,
    dfa_head: at.interval === 0 ? split(nHeads) : null,
    dfa_output_bias: at.interval === 0 ? 0 : null,
  };
}

function syntheticHistogram(random: Random, max: number): { edges: Float32Array; counts: number[] } {
  const edges = Float32Array.from({ length: BINS + 1 }, (_, i) => (max * i) / BINS);
  const counts = Array.from({ length: BINS }, (_, i) => (max === 0 ? 0 : random.below(4 + 600 * Math.exp(-i / 8))));
  if (max > 0) counts[BINS - 1] += 1;
  return { edges, counts };
}

function syntheticIntervals(counts: readonly number[], max: number): NewFeatureRow['intervals'] {
  const total = sum(counts);
  return Array.from({ length: 10 }, (_, i) => {
    const count = sum(counts.slice(45 - 5 * i, 50 - 5 * i));
    return { low: (max * (9 - i)) / 10, high: (max * (10 - i)) / 10, count, share: count / total };
  });
}

function syntheticLogits({ random, tokens }: SyntheticWorld, sign: number): NewFeatureRow['positive_logits'] {
  return Array.from({ length: 10 }, (_, i) => {
    const token_id = random.below(tokens.length);
    return { token_id, token: tokens[token_id], value: sign * (2 - i / 6) };
  });
}

/** n random positive numbers that add up to 1. */
function shares(random: Random, n: number): Float32Array {
  const raw = Float32Array.from({ length: n }, () => random.unit() ** 4 + 0.01);
  const total = sum(raw);
  return raw.map((value) => value / total);
}

function descending(random: Random, n: number, low: number, high: number): number[] {
  const values = Array.from({ length: n }, () => Math.fround(high - random.unit() * (high - low)));
  return values.sort((a, b) => b - a);
}

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((total, value) => total + value, 0);
}
