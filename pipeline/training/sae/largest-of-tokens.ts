import { firstEntries } from './first-entries.ts';
import type { Entries } from './kernels.ts';
import { kthLargest } from './quick-select.ts';
import type { SaeState } from './state.ts';

/** The least that a token keeps is guessed as this part of what the token before it kept. */
const GUESS = 0.85;

/**
 * Each token's `most` largest positive pre-activations above the state's floors, of equal ones the first, put into arrays
 * that have room for so many of each token.
 */
export function largestOfTokens(state: SaeState, most: number, into: Entries): Entries {
  const { rowStart, features, values } = into;
  const { batch } = state.options;
  const { auxPositions: positions } = state.ints;
  const { auxCandidates: candidates } = state.floats;
  let [kept, guess] = [0, 0];
  for (let token = 0; token < batch; token++) {
    rowStart[token] = kept;
    const found = candidatesOf(state, token, { most, guess });
    const least = found > most ? kthLargest(candidates.slice(0, found), most) : 0;
    guess = GUESS * least;
    let ties = most;
    for (let i = 0; i < found; i++) if (candidates[i] > least) ties--;
    for (let i = 0; i < found; i++) {
      const value = candidates[i];
      if (value < least || (value === least && ties-- <= 0)) continue;
      features[kept] = positions[i];
      values[kept++] = value;
    }
  }
  rowStart[batch] = kept;
  return firstEntries(into, batch, kept);
}

/** Puts a token's features above a guess, or above 0 where these are too few, among the candidates: their number. */
function candidatesOf(
  { options: { dSae }, floats, ints, kernels }: SaeState,
  token: number,
  { most, guess }: { readonly most: number; readonly guess: number },
): number {
  const row = floats.pre.subarray(token * dSae, (token + 1) * dSae);
  const among = { floors: floats.floors, positions: ints.auxPositions, values: floats.auxCandidates };
  const found = kernels.compactAmong(row, guess, among);
  return found >= most || guess === 0 ? found : kernels.compactAmong(row, 0, among);
}
