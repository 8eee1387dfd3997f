import type { FeatureActivations } from '../../numbers/feature-activations.ts';
import { contextOfToken, positionOfToken, tokenAt } from '../../numbers/token-place.ts';
import type { ContextFile } from '../../record/context-file.ts';
import type { ReadExample } from '../../record/read-examples.ts';
import type { IntervalSample } from './maths/feature-statistics.ts';
import type { NewExampleRow } from './table.ts';

export interface ExampleOptions {
  readonly contexts: ContextFile;
  /** Tokens shown before an example's peak and after it. */
  readonly window: { readonly before: number; readonly after: number };
}

/** Rows of `examples`: the top examples as interval 0, then those sampled of each interval of activation. */
export function exampleRows(
  place: { readonly layer: number; readonly sae: string; readonly feature: number },
  activations: FeatureActivations,
  top: readonly ReadExample[],
  samples: readonly IntervalSample[],
  options: ExampleOptions,
): NewExampleRow[] {
  const rows: NewExampleRow[] = top.map(({ token, value, bySource, byHead, outputBias }, rank) => {
    const shown = windowOf(token, activations, options);
    const dfa = { dfa_source: bySource.subarray(0, shown.position + 1), dfa_head: byHead, dfa_output_bias: outputBias };
    return { ...place, interval: 0, rank, activation: value, ...shown, ...dfa };
  });
  for (const [i, { chosen }] of samples.entries()) {
    for (const [rank, index] of chosen.entries()) {
      const shown = windowOf(activations.tokens[index], activations, options);
      const activation = activations.values[index];
      rows.push({
        ...place,
        interval: i + 1,
        rank,
        activation,
        ...shown,
        dfa_source: null,
        dfa_head: null,
        dfa_output_bias: null,
      });
    }
  }
  return rows;
}

/** The tokens around one, inside its context, with the feature's activation at each. */
function windowOf(token: number, { tokens, values }: FeatureActivations, { contexts, window }: ExampleOptions) {
  const context = contextOfToken(token, contexts.length);
  const position = positionOfToken(token, contexts.length);
  const windowStart = Math.max(0, position - window.before);
  const windowEnd = Math.min(contexts.length, position + window.after + 1);
  const activations = new Float32Array(windowEnd - windowStart);
  const first = tokenAt(context, windowStart, contexts.length);
  for (let i = lowerBound(tokens, first); i < tokens.length; i++) {
    const offset = tokens[i] - first;
    if (offset >= activations.length) break;
    activations[offset] = values[i];
  }
  return {
    context,
    position,
    window_start: windowStart,
    token_ids: contexts.tokensOf(context).subarray(windowStart, windowEnd),
    activations,
  };
}

/** Index of the first of some ascending numbers that is not below the given one. */
function lowerBound(ascending: Uint32Array, least: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle] < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
