import type { Prediction } from '../protocol.ts';

/** Ids of the tokens that only the other of two passes lists: what each has yet to be asked for. */
export function unlisted(
  before: readonly Prediction[],
  after: readonly Prediction[],
): { readonly before: readonly number[]; readonly after: readonly number[] } {
  return { before: idsBeside(after, before), after: idsBeside(before, after) };
}

function idsBeside(all: readonly Prediction[], known: readonly Prediction[]): number[] {
  const own = new Set(known.map(({ tokenId }) => tokenId));
  return all.map(({ tokenId }) => tokenId).filter((id) => !own.has(id));
}
