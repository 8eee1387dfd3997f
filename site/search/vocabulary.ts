import type { VocabularyRow } from '../../pipeline/record/table.ts';

/**
 * The tokens that some columns name, the most frequent first, so that most places are small numbers. Columns hold ids
 * counted from 1; place 0 is of none.
 */
export function byFrequency(
  vocabulary: readonly VocabularyRow[],
  columns: readonly Uint32Array[],
): { readonly texts: string[]; readonly places: ReadonlyMap<number, number> } {
  const times = new Map<number, number>();
  for (const ids of columns) {
    for (const id of ids) if (id > 0) times.set(id, (times.get(id) ?? 0) + 1);
  }
  const ids = [...times].sort(([a, timesA], [b, timesB]) => timesB - timesA || a - b).map(([id]) => id);
  const texts = new Map(vocabulary.map(({ token_id, token }) => [token_id + 1, token]));
  return {
    texts: ['', ...ids.map((id) => texts.get(id) ?? `[${id - 1}]`)],
    places: new Map(ids.map((id, i) => [id, i + 1])),
  };
}
