import type { Places } from './dataset.ts';

/** What a position of a prompt is; each position is the first of these that it is. */
export const sources = ['BOS', 'IO', 'S1', 'and', 'after S1', 'S2', 'other'] as const;
export type Source = (typeof sources)[number];

/** In BABA the token after S1 is the conjunction. */
export function sourceOf(position: number, { io, s1, conjunction, afterS1, s2 }: Places): Source {
  const known: readonly (readonly [number, Source])[] = [
    [0, 'BOS'],
    [io, 'IO'],
    [s1, 'S1'],
    [conjunction, 'and'],
    [afterS1, 'after S1'],
    [s2, 'S2'],
  ];
  return known.find(([place]) => place === position)?.[1] ?? 'other';
}

/**
 * Sums of a row over positions by what they are, in the order of `sources`: up to END, or as far as
 * the row goes (a row read at S2 has nothing after it).
 */
export function bySource(row: ArrayLike<number>, places: Places): Float64Array {
  const sums = new Float64Array(sources.length);
  const length = Math.min(row.length, places.end + 1);
  for (let position = 0; position < length; position++) {
    const i = sources.indexOf(sourceOf(position, places));
    sums[i] += row[position];
  }
  return sums;
}
