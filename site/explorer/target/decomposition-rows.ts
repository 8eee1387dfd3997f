import type { AttributionTerm } from '../../../pipeline/attribution/recursive-attribution.ts';
import { greatest } from '../../../pipeline/numbers/extremes.ts';
import type { Decomposition } from '../protocol.ts';

export interface TermRow {
  readonly term: AttributionTerm;
  /** Of the pre-activation. */
  readonly share: number;
  /** Of the longest bar. */
  readonly length: number;
  /** The head that carries most of it, by magnitude. */
  readonly head: number;
}

/** Terms as bars, the strongest first, by magnitude. */
export function termRows({ terms }: Decomposition, preActivation: number): TermRow[] {
  const largest = greatest(
    terms.map(({ attribution }) => Math.abs(attribution)),
    Number.MIN_VALUE,
  );
  return terms
    .map((term) => ({
      term,
      share: term.attribution / preActivation,
      length: Math.abs(term.attribution) / largest,
      head: strongest(term.byHead),
    }))
    .toSorted((a, b) => b.length - a.length);
}

/** The first rows, and what the others add together. */
export function shownTerms(rows: readonly TermRow[], most: number) {
  const hidden = rows.slice(most);
  const hiddenSum = hidden.reduce((sum, { term }) => sum + term.attribution, 0);
  return { shown: rows.slice(0, most), hiddenCount: hidden.length, hiddenSum };
}

export function sumOfTerms({ terms }: Decomposition): number {
  return terms.reduce((sum, { attribution }) => sum + attribution, 0);
}

function strongest(values: Float32Array): number {
  return values.reduce((best, value, i) => (Math.abs(value) > Math.abs(values[best]) ? i : best), 0);
}
