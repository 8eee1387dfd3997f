import type { ExampleRow, FeatureRow } from '../../pipeline/measures/statistics/table.ts';
import { createLinks } from '../../site/page-kit/links.ts';
import type { PageEnv } from '../../site/page-kit/page-env.ts';
import { ShownTokens } from '../../site/page-kit/shown-tokens.ts';

/** A run of one layer, two heads and four features, with this vocabulary. */
export function testEnv(tokens: readonly string[], contexts: readonly (readonly number[])[] = []): PageEnv {
  const token = (id: number): string => tokens[id] ?? `[${id}]`;
  return {
    links: createLinks('/atlas'),
    modelName: 'tiny <model>',
    nLayers: 1,
    nHeads: 2,
    contextLength: 128,
    run: { contexts: 10, tokens: 200 },
    proxySample: { contexts: 10, tokens: 200 },
    dSae: new Map([['0', 4]]),
    saeOf: (layer) => (layer === 0 ? '0' : undefined),
    layerOf: Number,
    nameOf: () => undefined,
    token,
    tokens: new ShownTokens(token),
    context: (context) => contexts[context],
    source: () => undefined,
    hasExplorer: false,
    hasMap: false,
    hasJson: false,
  };
}

export function featureRow(part: Partial<FeatureRow> = {}): FeatureRow {
  return {
    layer: 0,
    sae: String(part.layer ?? 0),
    feature: 1,
    count: 4,
    density: 0.02,
    mean_active: 1,
    max_activation: 2,
    constant: -0.5,
    head_weights: Float32Array.of(0.25, 0.75),
    histogram: { edges: Float32Array.of(0, 1, 2), counts: Float64Array.of(3, 1) },
    intervals: [
      { low: 1, high: 2, count: 1, share: 0.25 },
      { low: 0, high: 1, count: 3, share: 0.75 },
    ],
    positive_logits: [{ token_id: 0, token: ' up', value: 2 }],
    negative_logits: [{ token_id: 1, token: 'down', value: -1 }],
    family: null,
    family_scores: null,
    family_support: null,
    family_confidence: null,
    distinct_texts: null,
    context_curve: null,
    reading_profile: null,
    read_tokens: null,
    induction_proxy: null,
    summary: '',
    ...part,
  };
}

/** A top example whose window holds its context's tokens 1 to 3, and whose peak is the second of them. */
export function exampleRow(part: Partial<ExampleRow> = {}): ExampleRow {
  return {
    layer: 0,
    sae: String(part.layer ?? 0),
    feature: 1,
    interval: 0,
    rank: 0,
    dfa_output_bias: 0,
    context: 0,
    position: 2,
    activation: 2,
    window_start: 1,
    token_ids: Int32Array.of(1, 2, 3),
    activations: Float32Array.of(0.5, 2, 0),
    dfa_source: Float32Array.of(0.4, -0.2, 1),
    dfa_head: Float32Array.of(0.2, 1),
    ...part,
  };
}
