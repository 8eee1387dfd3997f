import type { ExampleRow, FeatureRow } from '../../measures/statistics/table.ts';

/** A window of text in which a feature was seen. */
export interface TextWindow {
  /** Display texts of its tokens. */
  readonly tokens: readonly string[];
  /** The feature's activation at each; all 0 in an example of another feature. */
  readonly activations: readonly number[];
  /** The token with the example's activation. */
  readonly peak: number;
  readonly activation: number;
  /** What it reads: share of the positive attribution by token of the window; none where that was not stored. */
  readonly reads: readonly { readonly token: number; readonly share: number }[];
}

/** What an explainer is shown of a feature, and the texts that a label is scored on. */
export interface Evidence {
  readonly row: FeatureRow;
  readonly shown: readonly TextWindow[];
  /** Examples of the feature that the explainer does not see. */
  readonly heldOut: readonly TextWindow[];
  /** Examples of other features, in contexts that no example of this one is from; as many as are held out. */
  readonly silent: readonly TextWindow[];
}

/** Tokens of a window: so many before the peak, the others behind it. */
const windowTokens = { before: 24, behind: 7 };

/** An example as a window of at most 32 tokens around its peak. */
export function textWindow(example: ExampleRow, tokenText: (id: number) => string): TextWindow {
  const at = example.position - example.window_start;
  const from = Math.max(0, at - windowTokens.before);
  const to = Math.min(example.token_ids.length, at + windowTokens.behind + 1);
  return {
    tokens: Array.from(example.token_ids.subarray(from, to), tokenText),
    activations: [...example.activations.subarray(from, to)],
    peak: at - from,
    activation: example.activation,
    reads: readsOf(example, example.window_start + from),
  };
}

function readsOf({ dfa_source, position }: ExampleRow, first: number): TextWindow['reads'] {
  if (!dfa_source) return [];
  const total = dfa_source.reduce((sum, value) => sum + Math.max(0, value), 0);
  return Array.from(dfa_source, (value, source) => ({ token: source - first, share: value / total }))
    .filter(({ token, share }) => token >= 0 && token <= position - first && share > 0)
    .toSorted((a, b) => b.share - a.share);
}
