import type { ExampleRow, FeatureRow } from '../../measures/statistics/table.ts';

/** A feature as circuit-tracer's pages show it, and Neuronpedia's graphs. Source: circuit_tracer/frontend/feature_models.py. */
export interface FeatureFile {
  readonly transcoder_id: string;
  readonly index: number;
  readonly examples_quantiles: readonly { readonly quantile_name: string; readonly examples: readonly FileExample[] }[];
  readonly top_logits: readonly string[];
  readonly bottom_logits: readonly string[];
  readonly act_min: number;
  readonly act_max: number;
  /** Of the activations, from the lowest to the highest in tenths; read off the histogram. */
  readonly quantile_values: readonly number[];
  readonly histogram: readonly number[];
  readonly activation_frequency: number;
}

interface FileExample {
  readonly tokens_acts_list: readonly number[];
  /** The token with the example's activation. */
  readonly train_token_ind: number;
  readonly is_repeated_datapoint: boolean;
  readonly tokens: readonly string[];
}

export function featureFile(
  row: FeatureRow,
  examples: readonly ExampleRow[],
  tokenText: (id: number) => string,
): FeatureFile {
  const groups = [...Map.groupBy(examples, ({ interval }) => interval)].toSorted(([a], [b]) => a - b);
  const seen = new Set<string>();
  return {
    ...{ transcoder_id: row.sae, index: row.feature },
    examples_quantiles: groups.map(([interval, own]) => {
      return {
        quantile_name: groupName(interval, row),
        examples: own.map((example) => exampleOf(example, tokenText, seen)),
      };
    }),
    top_logits: row.positive_logits.map(({ token }) => token),
    bottom_logits: row.negative_logits.map(({ token }) => token),
    ...{ act_min: 0, act_max: row.max_activation, quantile_values: quantiles(row.histogram) },
    ...{ histogram: [...row.histogram.counts], activation_frequency: row.density },
  };
}

function groupName(interval: number, { intervals }: FeatureRow): string {
  if (interval === 0) return 'Top activations';
  const { low, high } = intervals[interval - 1];
  return `Activations of ${low.toFixed(2)} to ${high.toFixed(2)}`;
}

function exampleOf(example: ExampleRow, tokenText: (id: number) => string, seen: Set<string>): FileExample {
  const place = `${example.context} ${example.position}`;
  const is_repeated_datapoint = seen.has(place);
  seen.add(place);
  return {
    tokens_acts_list: [...example.activations],
    train_token_ind: example.position - example.window_start,
    is_repeated_datapoint,
    tokens: Array.from(example.token_ids, tokenText),
  };
}

/** Values below which 0, 1/10, … 1 of the counted ones lie, straight lines within a bar. */
function quantiles({ edges, counts }: FeatureRow['histogram']): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return Array.from({ length: 11 }, (_, tenth) => valueAt((total * tenth) / 10, edges, counts));
}

function valueAt(rank: number, edges: Float32Array, counts: Float64Array): number {
  let below = 0;
  for (let bar = 0; bar < counts.length; bar++) {
    if (below + counts[bar] >= rank && counts[bar] > 0) {
      return edges[bar] + ((rank - below) / counts[bar]) * (edges[bar + 1] - edges[bar]);
    }
    below += counts[bar];
  }
  return edges.at(-1) ?? 0;
}
