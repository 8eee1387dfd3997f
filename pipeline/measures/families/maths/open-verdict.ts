import type { ContextCurve } from './context-curve.ts';
import { curveScores, type ReadScores } from './families.ts';
import { decideFamily } from './family-rules.ts';

/** What is known of a feature before any of its contexts is cut short. */
export interface Attributed {
  readonly scores: ReadScores;
  /** Top examples that end in different texts. */
  readonly distinctTexts: number;
}

/**
 * Whether longer cuts may still change a feature's family, given its curve so far: whether the rules call it differently
 * by what the cuts that were not made might show. Every rule compares a score with thresholds, so that 0 and 1 stand for
 * all that a score may be; where it is positional and what its proxy says, which cuts do not change, is left open too.
 */
export function isOpen({ scores, distinctTexts }: Attributed, curve: ContextCurve): boolean {
  const { local_context, high_level_context } = curveScores(curve);
  const families = (positional: number, proxySpecificity: number) =>
    known(local_context).flatMap((local) =>
      known(high_level_context).flatMap((highLevel) =>
        extremes.map((arrival) =>
          decideFamily({
            scores: {
              ...{ ...scores, positional, local_context: local, high_level_context: highLevel },
              activation_with_sources: arrival,
              logit_effect_on_source: 0,
              ...{ proxy_specificity: null, proxy_specificity_upper_half: null, proxy_sensitivity: null },
            },
            proxySpecificity,
            distinctTexts,
          }),
        ),
      ),
    );
  return extremes.some((positional) => extremes.some((proxy) => new Set(families(positional, proxy)).size > 1));
}

const extremes = [0, 1] as const;
const known = (score: number | null): readonly number[] => (score === null ? extremes : [score]);
