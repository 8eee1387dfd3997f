import type { Prediction } from '../protocol.ts';

/** A token's prediction in two passes; undefined where it was not among those listed. */
export interface PredictionChange {
  readonly tokenId: number;
  readonly text: string;
  readonly before: Prediction | undefined;
  readonly after: Prediction | undefined;
}

/** The first `count` predictions of either pass, from the most probable in any. */
export function changePredictions(
  before: readonly Prediction[],
  after: readonly Prediction[],
  count: number,
): PredictionChange[] {
  const first = new Map(before.map((prediction) => [prediction.tokenId, prediction]));
  const second = new Map(after.map((prediction) => [prediction.tokenId, prediction]));
  const shown = new Map(
    [...before.slice(0, count), ...after.slice(0, count)].map(({ tokenId, text }) => [tokenId, text]),
  );
  const likeliest = (change: PredictionChange) =>
    Math.max(change.before?.probability ?? 0, change.after?.probability ?? 0);
  return [...shown]
    .map(([tokenId, text]) => ({ tokenId, text, before: first.get(tokenId), after: second.get(tokenId) }))
    .toSorted((a, b) => likeliest(b) - likeliest(a) || a.tokenId - b.tokenId);
}
