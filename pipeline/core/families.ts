import { type ContextCurve, shareAt } from './context-curve.ts';
import { thresholds } from './family-thresholds.ts';
import type { ProxyAgreement } from './induction-proxy.ts';
import { type MostRead, mostReadToken, tokenShare } from './most-read-token.ts';
import { beyondChance, meanByMass, type Reading } from './reading.ts';
import { type ReadingKind, readingKinds } from './source-kinds.ts';
import { wilsonInterval } from './wilson.ts';

export const families = [
  'induction',
  'duplicate token',
  'succession',
  'copying',
  'skip-gram',
  'previous token',
  'current token',
  'BOS',
  'positional',
  'local context',
  'high-level context',
  'unclear',
] as const;
export type Family = (typeof families)[number];

/** One example with its context cut short. */
export interface CutExample {
  /** Its activation in the whole context. */
  readonly value: number;
  readonly curve: ContextCurve;
  /** The share of it that is there as soon as what it reads is; undefined where it was not cut so long. */
  readonly arrival: number | undefined;
}

export interface FamilyEvidence {
  /** Top examples, those that repeat a text among them. */
  readonly examples: number;
  /** What they read, of each text one. */
  readonly readings: readonly Reading[];
  readonly positional: number;
  /** Empty where it was not measured. */
  readonly curve: ContextCurve;
  /** The examples behind the curve. */
  readonly cuts: readonly CutExample[];
  readonly proxy: ProxyAgreement | undefined;
}

export interface FamilyVerdict {
  readonly family: Family;
  /** 0 … 1; 0 for "unclear". */
  readonly confidence: number;
  /** Evidence by name: families by their own names, then what else was measured. */
  readonly scores: ReadonlyMap<string, number>;
}

/**
 * A feature's family from its evidence: positional first; then what its attribution reads beyond chance (succession,
 * induction, duplicate tokens, copying, one token wherever it stands); then high-level context; then previous, current token or
 * BOS; then local context; else "unclear". Confidence is the low end of the Wilson interval of the share of examples
 * that show the family alone; of "positional", the score.
 */
export function classifyFamily(evidence: FamilyEvidence): FamilyVerdict {
  const mostRead = mostReadToken(evidence.readings);
  const scores = familyScores(evidence, mostRead);
  const family = evidence.examples < thresholds.examples ? 'unclear' : decide(scores, evidence);
  const confidence = confidenceOf(family, scores, evidence, mostRead);
  return { family, confidence, scores: new Map([...scores, ['confidence', confidence]]) };
}

function familyScores(evidence: FamilyEvidence, mostRead: MostRead | undefined): Map<string, number> {
  const { readings, positional, curve, cuts, proxy } = evidence;
  const scores = new Map<string, number>();
  for (const kind of readingKinds)
    scores.set(
      kind,
      meanByMass(readings, (reading) => kindShare(reading, kind)),
    );
  scores.set('skip-gram', mostRead && mostRead.wander >= thresholds.wander ? mostRead.score : 0);
  scores.set('positional', positional);
  const [few, many] = [shareAt(curve, 8), shareAt(curve, 16)];
  if (few !== undefined && many !== undefined) {
    scores.set('local context', clamp(few));
    scores.set('high-level context', clamp(1 - many));
  }
  const arrival = meanArrival(cuts);
  if (arrival !== undefined) scores.set('activation with its sources', clamp(arrival));
  scores.set(
    'logit effect on the source',
    meanByMass(readings, ({ logit }) => logit),
  );
  if (proxy) {
    scores.set('proxy specificity', proxy.specificity);
    scores.set('proxy specificity, upper half', proxy.topSpecificity);
    scores.set('proxy sensitivity', proxy.sensitivity);
  }
  return scores;
}

const kindShare = ({ shares, chance }: Reading, kind: ReadingKind) => beyondChance(shares[kind], chance[kind]);

/** Mean by activation of the examples of which it is known. */
function meanArrival(cuts: readonly CutExample[]): number | undefined {
  const known = cuts.flatMap(({ value, arrival }) => (arrival === undefined ? [] : [{ value, arrival }]));
  const total = known.reduce((sum, { value }) => sum + value, 0);
  return total > 0 ? known.reduce((sum, { value, arrival }) => sum + value * arrival, 0) / total : undefined;
}

function decide(scores: ReadonlyMap<string, number>, { proxy }: FamilyEvidence): Family {
  const score = (name: Family) => scores.get(name) ?? 0;
  const most = (...names: Family[]) => names.reduce((best, name) => (score(name) > score(best) ? name : best));
  const isRead = (name: Family) => score(name) >= thresholds.reading;
  if (score('positional') >= thresholds.positional) return 'positional';
  const nearest = most('previous token', 'current token', 'BOS');
  const repeated = most('induction', 'duplicate token');
  // The present token is a source of succession as well.
  if (isRead('succession') && score('succession') > score(repeated)) return 'succession';
  const supported = (proxy?.topSpecificity ?? 0) >= thresholds.proxySpecificity;
  const least = repeated === 'induction' && supported ? thresholds.supportedInduction : thresholds.reading;
  if (score(repeated) >= least && score(repeated) > score(nearest)) return repeated;
  if (isRead('copying') && !isRead(nearest)) return 'copying';
  const isHighLevel = score('high-level context') > thresholds.highLevel;
  const arrives = !isHighLevel || (scores.get('activation with its sources') ?? 1) >= thresholds.arrival;
  if (isRead('skip-gram') && !isRead(nearest) && arrives) return 'skip-gram';
  if (isHighLevel) return 'high-level context';
  if (isRead(nearest)) return nearest;
  return score('local context') >= thresholds.local ? 'local context' : 'unclear';
}

function confidenceOf(
  family: Family,
  scores: ReadonlyMap<string, number>,
  { readings, cuts }: FamilyEvidence,
  mostRead: MostRead | undefined,
): number {
  const shareOf = <E>(examples: readonly E[], shows: (example: E) => boolean) =>
    wilsonInterval(examples.filter(shows).length, examples.length).low;
  const last = (curve: ContextCurve, tokens: 8 | 16) => shareAt(curve, tokens) ?? 0;
  switch (family) {
    case 'unclear':
      return 0;
    case 'positional':
      return scores.get(family) ?? 0;
    case 'local context':
      return shareOf(cuts, ({ curve }) => last(curve, 8) >= thresholds.local);
    case 'high-level context':
      return shareOf(cuts, ({ curve }) => 1 - last(curve, 16) > thresholds.highLevel);
    case 'skip-gram':
      return shareOf(readings, (reading) => tokenShare(reading, mostRead?.token ?? -1) >= thresholds.reading);
    default:
      return shareOf(readings, (reading) => kindShare(reading, family) >= thresholds.reading);
  }
}

const clamp = (value: number) => Math.min(1, Math.max(0, value));
