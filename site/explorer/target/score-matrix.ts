import type { ScoreAttribution, ScoreComponent } from '../../../pipeline/attribution/recursion/score-attribution.ts';
import { greatest } from '../../../pipeline/numbers/extremes.ts';

/** One side's components that are shown by name; the others are one line together. */
interface ScoreSide {
  readonly shown: readonly ScoreComponent[];
  /** How many components the line "others" sums; it is there where this is not 0. */
  readonly otherCount: number;
  /** Of each line, "others" last: what it adds to the score. */
  readonly sums: readonly number[];
}

export interface ScoreMatrix {
  readonly query: ScoreSide;
  readonly key: ScoreSide;
  /** [query line][key line]; every pair is in one of them, so that they sum to the score. */
  readonly values: readonly (readonly number[])[];
  readonly total: number;
  readonly largest: number;
}

/** The pairs of a score, its strongest `most` components of each side by themselves and the rest summed. */
export function scoreMatrix({ query, key, pairs }: ScoreAttribution, most: number): ScoreMatrix {
  const at = (q: number, k: number) => pairs[q * key.length + k];
  const queryLines = linesOf(strongest(query.length, key.length, at, most), query.length);
  const keyLines = linesOf(
    strongest(key.length, query.length, (k, q) => at(q, k), most),
    key.length,
  );
  const values = queryLines.map((qs) => keyLines.map((ks) => sum(qs.map((q) => sum(ks.map((k) => at(q, k)))))));
  return {
    query: side(query, queryLines, values.map(sum)),
    key: side(
      key,
      keyLines,
      keyLines.map((_, k) => sum(values.map((row) => row[k]))),
    ),
    values,
    total: sum(values.map(sum)),
    largest: greatest(values.flat().map(Math.abs), 0),
  };
}

/** Indices of the components whose pairs weigh most, strongest first. */
function strongest(own: number, other: number, at: (a: number, b: number) => number, most: number): number[] {
  const weights = Array.from({ length: own }, (_, a) =>
    sum(Array.from({ length: other }, (_, b) => Math.abs(at(a, b)))),
  );
  return [...weights.keys()].toSorted((a, b) => weights[b] - weights[a]).slice(0, most);
}

/** The components of each line: the shown by themselves, then all others. */
function linesOf(shown: readonly number[], count: number): number[][] {
  const chosen = new Set(shown);
  const others = Array.from({ length: count }, (_, i) => i).filter((i) => !chosen.has(i));
  return [...shown.map((i) => [i]), ...(others.length > 0 ? [others] : [])];
}

/** A line of one component is named after it. */
function side(components: readonly ScoreComponent[], lines: readonly number[][], sums: readonly number[]): ScoreSide {
  const shown = lines.flatMap((line) => (line.length === 1 ? components[line[0]] : []));
  return { shown, otherCount: components.length - shown.length, sums };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
