import type { ExampleRow, FeatureRow } from '../../measures/statistics/table.ts';
import { greatest, least } from '../../numbers/extremes.ts';
import { recordId } from './record-id.ts';
import type { NeuronpediaActivation, SourceIdentity } from './records.ts';

/** How Neuronpedia marks the group of top activations, which is of no interval. */
const topGroup = { binMin: -1, binMax: 99, binContains: -1 };

/**
 * An example as Neuronpedia keeps one: the tokens of its window with activations, and, of a top example, direct feature
 * attribution by token of the window; what lies before the window is left out, what lies behind the target is 0.
 */
export function activationRecord(
  example: ExampleRow,
  row: FeatureRow,
  tokenText: (id: number) => string,
  source: SourceIdentity,
): NeuronpediaActivation {
  const values = [...example.activations];
  const maxValue = greatest(values);
  const target = example.position - example.window_start;
  const { modelId, sourceId, creatorId, createdAt } = source;
  const dfa = dfaOf(example, target);
  return {
    id: recordId(modelId, sourceId, row.feature, example.interval, example.rank),
    tokens: Array.from(example.token_ids, tokenText),
    ...{ index: String(row.feature), layer: sourceId, modelId },
    ...{ maxValue, maxValueTokenIndex: values.indexOf(maxValue), minValue: least(values), values, creatorId },
    ...{ dataSource: null, dataIndex: null, ...dfa, createdAt, lossValues: [], logitContributions: null },
    ...binOf(example, row),
    qualifyingTokenIndex: target,
  };
}

function dfaOf({ dfa_source, token_ids, window_start }: ExampleRow, target: number) {
  if (!dfa_source) return { dfaValues: [], dfaTargetIndex: null, dfaMaxValue: null };
  const dfaValues = Array.from(token_ids, (_, token) => (token <= target ? dfa_source[window_start + token] : 0));
  return { dfaValues, dfaTargetIndex: target, dfaMaxValue: greatest(dfaValues) };
}

function binOf({ interval }: ExampleRow, { intervals }: FeatureRow) {
  if (interval === 0) return topGroup;
  const { low, high, share } = intervals[interval - 1];
  return { binMin: low, binMax: high, binContains: share };
}
