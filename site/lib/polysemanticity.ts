import type { Verdict } from '../../pipeline/core/polysemanticity.ts';
import { wilsonInterval } from '../../pipeline/core/wilson.ts';
import type { HeadRow } from '../../pipeline/store/schema.ts';
import { count, percent } from './format.ts';

/** How many of a model's heads do more than one thing. */
export interface Polysemanticity {
  readonly polysemantic: number;
  readonly candidates: readonly HeadRow[];
  /** Heads of which there is too little evidence. */
  readonly unjudged: number;
  /** Heads that were judged one or the other way. */
  readonly judged: number;
  /** Of those judged. */
  readonly share: number;
  /** 95%, Wilson. */
  readonly low: number;
  readonly high: number;
}

/** Nothing where no head was judged. */
export function polysemanticityOf(rows: readonly HeadRow[]): Polysemanticity | undefined {
  const of = (verdict: Verdict) => rows.filter(({ polysemanticity }) => polysemanticity === verdict);
  const candidates = of('monosemantic candidate');
  const polysemantic = of('polysemantic').length;
  const judged = polysemantic + candidates.length;
  if (judged === 0) return undefined;
  const interval = wilsonInterval(polysemantic, judged);
  return {
    polysemantic,
    candidates,
    judged,
    unjudged: rows.length - judged,
    share: polysemantic / judged,
    ...interval,
  };
}

/** It in a sentence; '' where no head was judged. */
export function polysemanticHeadline(rows: readonly HeadRow[]): string {
  const found = polysemanticityOf(rows);
  if (!found) return '';
  const { polysemantic, judged, unjudged, share, low, high } = found;
  return (
    `${count(polysemantic)} of ${count(judged)} judged heads are polysemantic: ${percent(share, 2)} ` +
    `(95% interval ${percent(low, 2)} to ${percent(high, 2)})${unjudged > 0 ? `; of ${count(unjudged)} more there is too little evidence` : ''}.`
  );
}
