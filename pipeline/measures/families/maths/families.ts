import { beyondChance } from '../../heads/maths/chance.ts';
import { type ContextCurve, isSettled, shareAt } from './context-curve.ts';
import type { ContextFamily, Family, ReadFamily } from './family-names.ts';
import { decideFamily } from './family-rules.ts';
import type { FamilyScores } from './family-scores.ts';
import { thresholds } from './family-thresholds.ts';
import type { ProxyAgreement } from './induction-proxy.ts';
import { type MostRead, mostReadToken, tokenShare } from './most-read-token.ts';
import { meanByMass, type Reading } from './reading.ts';
import type { ReadingKind } from './source-kinds.ts';

/** One example with its context cut short. */
export interface CutExample {
  /** Its activation in the whole context. */
  readonly value: number;
  readonly curve: ContextCurve;
  /** The share of it that is there as soon as what it reads is; undefined where it was not cut so long. */
  readonly arrival: number | undefined;
}

export interface FamilyEvidence {
  /** What the top examples read, of each text one. */
  readonly readings: readonly Reading[];
  readonly positional: number;
  /** Empty where it was not measured. */
  readonly curve: ContextCurve;
  /** The examples behind the curve. */
  readonly cuts: readonly CutExample[];
  readonly proxy: ProxyAgreement | undefined;
}

/** In how many of some examples a family shows. */
export interface FamilySupport {
  readonly shown: number;
  readonly of: number;
}

export interface FamilyVerdict {
  readonly family: Family;
  readonly scores: FamilyScores;
  /** The examples that show the family taken alone; undefined of "unclear" and of "positional", which no example shows. */
  readonly support: FamilySupport | undefined;
  /** The token class read most, which a skip-gram is one of; −1 for none. */
  readonly token: number;
}

/** A feature's family from its evidence, by the first of familyRules that holds. */
export function classifyFamily(evidence: FamilyEvidence): FamilyVerdict {
  const mostRead = mostReadToken(evidence.readings);
  const scores = familyScores(evidence, mostRead);
  const family = decideFamily({
    scores,
    proxySpecificity: evidence.proxy?.topSpecificity ?? 0,
    distinctTexts: evidence.readings.length,
  });
  return { family, scores, support: supportOf(family, evidence, mostRead), token: mostRead?.token ?? -1 };
}

function familyScores(evidence: FamilyEvidence, mostRead: MostRead | undefined): FamilyScores {
  const { readings, positional, curve, cuts, proxy } = evidence;
  return {
    ...readScores(readings, mostRead),
    positional,
    ...curveScores(curve, meanArrival(cuts)),
    logit_effect_on_source: meanByMass(readings, ({ logit }) => logit),
    proxy_specificity: proxy?.specificity ?? null,
    proxy_specificity_upper_half: proxy?.topSpecificity ?? null,
    proxy_sensitivity: proxy?.sensitivity ?? null,
  };
}

type CurveScore = 'local_context' | 'high_level_context' | 'activation_with_sources';
/** The scores of families that attribution alone gives. */
export type ReadScores = Omit<FamilyScores, CurveScore | 'positional' | 'logit_effect_on_source' | `proxy_${string}`>;

export function readScores(readings: readonly Reading[], mostRead = mostReadToken(readings)): ReadScores {
  const read = (kind: ReadingKind) => meanByMass(readings, (reading) => kindShare(reading, kind));
  return {
    induction: read('induction'),
    duplicate_token: read('duplicate token'),
    succession: read('succession'),
    copying: read('copying'),
    skip_gram: mostRead && mostRead.wander >= thresholds.wander ? mostRead.score : 0,
    previous_token: read('previous token'),
    current_token: read('current token'),
    bos: read('BOS'),
  };
}

/** The scores that contexts cut short give; null where they were not cut so long. */
export function curveScores(curve: ContextCurve, arrival?: number): Pick<FamilyScores, CurveScore> {
  const [few, many] = [shareAt(curve, 8), shareAt(curve, 16)];
  return {
    local_context: few === undefined ? null : clamp(few),
    high_level_context: many === undefined ? null : clamp(1 - many),
    activation_with_sources: arrival === undefined ? null : clamp(arrival),
  };
}

const kindShare = ({ shares, chance }: Reading, kind: ReadingKind) => beyondChance(shares[kind], chance[kind]);

/** Mean by activation of the examples of which it is known. */
function meanArrival(cuts: readonly CutExample[]): number | undefined {
  const known = cuts.flatMap(({ value, arrival }) => (arrival === undefined ? [] : [{ value, arrival }]));
  const total = known.reduce((sum, { value }) => sum + value, 0);
  return total > 0 ? known.reduce((sum, { value, arrival }) => sum + value * arrival, 0) / total : undefined;
}

function supportOf(
  family: Family,
  { readings, cuts, curve: whole }: FamilyEvidence,
  mostRead: MostRead | undefined,
): FamilySupport | undefined {
  if (family === 'unclear' || family === 'positional') return undefined;
  const count = <E>(examples: readonly E[], shows: (example: E) => boolean) => ({
    shown: examples.filter(shows).length,
    of: examples.length,
  });
  if (family === 'local context' || family === 'high-level context') {
    const settled = isSettled(whole);
    const tokens = contextTokensOf(family);
    const left = cuts.map(({ curve }) => shareAt(curve, tokens, settled || isSettled(curve)));
    const known = left.filter((share) => share !== undefined);
    return count(known, (share) => showsContext(family, share));
  }
  return count(readings, (reading) => showsReading(family, reading, mostRead?.token ?? -1));
}

/** How many of its last tokens a context is cut to, to tell whether an example shows a family of context. */
export const contextTokensOf = (family: ContextFamily): 8 | 16 => (family === 'local context' ? 8 : 16);

/** Whether one example shows a family of context: by the share of its activation left with its last 8, or 16, tokens. */
export const showsContext = (family: ContextFamily, left: number): boolean =>
  family === 'local context' ? left >= thresholds.local : 1 - left > thresholds.highLevel;

/** Whether one example's attribution shows a family; of a skip-gram, of the token class given. */
export const showsReading = (family: ReadFamily, reading: Reading, token: number): boolean =>
  (family === 'skip-gram' ? tokenShare(reading, token) : kindShare(reading, family)) >= thresholds.reading;

const clamp = (value: number) => Math.min(1, Math.max(0, value));
