import type {
  InductionCurveRow,
  InductionEdgeRow,
  InductionHeadRow,
} from '../../../../../pipeline/measures/studies/induction/table.ts';
import { type InductionData, join } from '../../../../../site/measures/studies/induction/data.ts';

export const settings = {
  length: 64,
  prefixes: 9,
  examples: 400,
  textContexts: 512,
  textContextsOf: 512,
  replacedEdges: 64,
  longestPrefix: 10,
};
const interval = (mean: number) => ({ mean, low: mean - 0.05, high: mean + 0.05 });

export function headRow(part: Partial<InductionHeadRow>): InductionHeadRow {
  return {
    layer: 0,
    head: 0,
    verdict: 'not induction',
    one_token: 0.01,
    greatest: 0.02,
    greatest_prefix: 3,
    half_prefix: null,
    text_pairs: Float64Array.of(100, 40),
    text_edges: Float64Array.of(3, 1),
    text_attention: Float32Array.of(0.1, 0.1),
    replaced: 0,
    before: null,
    after: null,
    control: null,
    ...part,
  };
}

export const long = headRow({
  ...{ layer: 0, head: 1, verdict: 'long-prefix induction', one_token: 0.2, greatest: 0.75, greatest_prefix: 3 },
  ...{ half_prefix: 2, text_edges: Float64Array.of(10, 30), replaced: 64 },
  ...{ before: interval(0.7), after: interval(0.15), control: interval(0.69) },
});
/** Of a layer that has no SAE, and so no pages. */
const short = headRow({
  ...{ layer: 1, head: 0, verdict: 'short-prefix induction', one_token: 0.7, greatest: 0.8, greatest_prefix: 2 },
  ...{ half_prefix: 1, text_edges: Float64Array.of(60, 20) },
});

const curveOf = ({ layer, head }: InductionHeadRow, means: readonly number[]): InductionCurveRow[] =>
  means.map((attention, i) => ({
    ...{ layer, head, prefix: i + 1, examples: 400, attention },
    ...{ attention_low: attention - 0.02, attention_high: attention + 0.02 },
    ...{ attribution: 4 * attention, attribution_low: 4 * attention - 0.3, attribution_high: 4 * attention + 0.3 },
  }));

const edge: InductionEdgeRow = {
  ...{ layer: 0, head: 1, rank: 0, context: 7, source: 9, destination: 20, prefix: 2, replacement: 1 },
  ...{ attention: 0.7, after: 0.1, control: 0.68 },
  source_tokens: Int32Array.of(4, 0, 2, 3),
  destination_tokens: Int32Array.of(1, 0, 2),
};

export const heads = [headRow({}), long, short];
export const curves = [
  ...curveOf(heads[0] ?? long, [0.01, 0.01, 0.02]),
  ...curveOf(long, [0.2, 0.5, 0.75]),
  ...curveOf(short, [0.7, 0.8, 0.79]),
];
/** A study of three heads: one of no induction, one of each kind. */
export const inductionData: InductionData = { record: { settings }, heads: join(heads, curves, [edge]) };
