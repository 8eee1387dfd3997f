import type { LabelRow } from '../../measures/labels/table.ts';
import { recordId } from './record-id.ts';
import type { NeuronpediaExplanation, SourceIdentity } from './records.ts';

/** Where a label was read from Neuronpedia's own files, the type that it had there. */
const own = /^Neuronpedia \S+ by (\S+)$/;

/**
 * A label as Neuronpedia's explanation. Type and model are keys of its own lists, so they are given only where they came
 * from there; whose label it is otherwise, and its scores, are in the notes.
 */
export function explanationRecord(label: LabelRow, source: SourceIdentity): NeuronpediaExplanation {
  const { modelId, sourceId, creatorId, createdAt } = source;
  const typeName = own.exec(label.source)?.[1] ?? null;
  const scores = label.scores.map(({ kind, value, low, high }) => {
    const within = Number.isFinite(low) && Number.isFinite(high) ? ` (${low.toFixed(2)} to ${high.toFixed(2)})` : '';
    return `${kind} ${value.toFixed(3)}${within}`;
  });
  const notes = [label.model, label.author, label.source, ...scores].filter((part) => part !== null).join('; ');
  return {
    id: recordId(modelId, sourceId, label.feature, label.rank, label.label),
    ...{ modelId, layer: sourceId, index: String(label.feature), description: label.label, authorId: creatorId },
    ...{ embedding: null, triggeredById: null, typeName, explanationModelName: typeName === null ? null : label.model },
    ...{ notes, createdAt },
  };
}
