import type { Prediction } from '../protocol.ts';
import type { ListedPredictions } from './listed-at.ts';
import { unlisted } from './unlisted.ts';

/** Two passes, each at a position of its own. */
export interface PredictionsPair {
  readonly before: ListedPredictions;
  readonly after: ListedPredictions;
}

/** What a pass predicts of some tokens. */
type Predict = (pass: ListedPredictions, tokenIds: readonly number[]) => Promise<readonly Prediction[]>;

/** What each of two passes predicts of the tokens that only the other lists. */
export async function askUnlisted({ before, after }: PredictionsPair, predict: Predict) {
  const missing = unlisted(before.listed, after.listed);
  const ask = (pass: ListedPredictions, ids: readonly number[]) => (ids.length === 0 ? [] : predict(pass, ids));
  return { before: await ask(before, missing.before), after: await ask(after, missing.after) };
}
