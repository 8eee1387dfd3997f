import type { DirectAttribution } from '../protocol.ts';

/** One head reading one source. */
interface Cell {
  readonly head: number;
  readonly source: number;
  readonly attribution: number;
}

export interface DirectSums {
  readonly heads: number;
  readonly sources: number;
  /** Summed over sources: [head]. */
  readonly byHead: Float64Array;
  /** Summed over heads: [source]. */
  readonly bySource: Float64Array;
  readonly total: number;
  /** Of a single cell, by magnitude. */
  readonly largest: number;
  at(head: number, source: number): number;
  /** Cells by magnitude, the strongest first; ties by (head, source). */
  strongest(count: number): Cell[];
}

/** The margins of a target's DFA, summed in float64. */
export function directSums({ target, byHeadAndSource }: DirectAttribution): DirectSums {
  const sources = target.position + 1;
  const heads = Math.floor(byHeadAndSource.length / sources);
  const byHead = new Float64Array(heads);
  const bySource = new Float64Array(sources);
  byHeadAndSource.forEach((value, i) => {
    const head = Math.floor(i / sources);
    byHead[head] += value;
    bySource[i % sources] += value;
  });
  return {
    heads,
    sources,
    byHead,
    bySource,
    total: byHead.reduce((sum, value) => sum + value, 0),
    largest: byHeadAndSource.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
    at: (head, source) => byHeadAndSource[head * sources + source],
    strongest: (count) =>
      Array.from(byHeadAndSource, (attribution, i) => ({
        head: Math.floor(i / sources),
        source: i % sources,
        attribution,
      }))
        .toSorted((a, b) => Math.abs(b.attribution) - Math.abs(a.attribution))
        .slice(0, count),
  };
}
