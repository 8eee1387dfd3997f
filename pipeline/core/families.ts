import { type ContextCurve, shareAt } from './context-curve.ts';
import type { ProxyAgreement } from './induction-proxy.ts';
import type { Reading, ReadingKind } from './reading.ts';
import { wilsonInterval } from './wilson.ts';

export const families = [
  'induction',
  'duplicate token',
  'previous token',
  'current token',
  'BOS',
  'positional',
  'local context',
  'high-level context',
  'unclear',
] as const;
export type Family = (typeof families)[number];

/** Every threshold of the classification. */
export const thresholds = {
  /** Share of the positive attribution that a kind of source carries, above what chance gives. */
  reading: 0.6,
  /** The same for induction where the proxy holds on most of the strong activations. */
  supportedInduction: 0.25,
  proxySpecificity: 0.8,
  positional: 0.6,
  /** Local: so much of the activation is there with the last 4 tokens alone. */
  local: 0.8,
  /** High-level: so much of it is not there with the last 16 tokens. */
  highLevel: 0.5,
  /** Of fewer top examples nothing is said. */
  examples: 3,
} as const;

export interface FamilyEvidence {
  /** What the top examples read. */
  readonly readings: readonly Reading[];
  readonly positional: number;
  /** Empty where it was not measured. */
  readonly curve: ContextCurve;
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
 * A feature's family from its evidence: positional first; then what its attribution reads beyond chance, induction and
 * duplicate tokens; then high-level context; then previous, current token or BOS; then local context; else "unclear".
 * Confidence of a reading is the low end of the Wilson interval of the share of top examples that show it alone;
 * of the others, their score.
 */
export function classifyFamily(evidence: FamilyEvidence): FamilyVerdict {
  const scores = familyScores(evidence);
  const family = evidence.readings.length < thresholds.examples ? 'unclear' : decide(scores, evidence);
  const confidence = confidenceOf(family, scores, evidence);
  return { family, confidence, scores: new Map([...scores, ['confidence', confidence]]) };
}

function familyScores({ readings, positional, curve, proxy }: FamilyEvidence): Map<string, number> {
  const scores = new Map<string, number>();
  for (const kind of ['induction', 'duplicate token', 'previous token', 'current token', 'BOS'] as const) {
    scores.set(
      kind,
      weighted(readings, (reading) => beyondChance(reading, kind)),
    );
  }
  scores.set('positional', positional);
  const [few, many] = [shareAt(curve, 4), shareAt(curve, 16)];
  if (few !== undefined && many !== undefined) {
    scores.set('local context', clamp(few));
    scores.set('high-level context', clamp(1 - many));
  }
  scores.set(
    'logit effect on the source',
    weighted(readings, ({ logit }) => logit),
  );
  if (proxy) {
    scores.set('proxy specificity', proxy.specificity);
    scores.set('proxy specificity, upper half', proxy.topSpecificity);
    scores.set('proxy sensitivity', proxy.sensitivity);
  }
  return scores;
}

/** (share − chance)/(1 − chance), 0 at the least. */
function beyondChance({ shares, chance }: Reading, kind: ReadingKind): number {
  return chance[kind] < 1 ? Math.max(0, (shares[kind] - chance[kind]) / (1 - chance[kind])) : 0;
}

function weighted(readings: readonly Reading[], of: (reading: Reading) => number): number {
  const total = readings.reduce((sum, { mass }) => sum + mass, 0);
  return total > 0 ? readings.reduce((sum, reading) => sum + reading.mass * of(reading), 0) / total : 0;
}

function decide(scores: ReadonlyMap<string, number>, { proxy }: FamilyEvidence): Family {
  const score = (name: Family) => scores.get(name) ?? 0;
  const most = (...names: Family[]) => names.reduce((best, name) => (score(name) > score(best) ? name : best));
  if (score('positional') >= thresholds.positional) return 'positional';
  const repeated = most('induction', 'duplicate token');
  const nearest = most('previous token', 'current token', 'BOS');
  const supported = (proxy?.topSpecificity ?? 0) >= thresholds.proxySpecificity;
  const least = repeated === 'induction' && supported ? thresholds.supportedInduction : thresholds.reading;
  if (score(repeated) >= least && score(repeated) > score(nearest)) return repeated;
  if (score('high-level context') > thresholds.highLevel) return 'high-level context';
  if (score(nearest) >= thresholds.reading) return nearest;
  return score('local context') >= thresholds.local ? 'local context' : 'unclear';
}

function confidenceOf(family: Family, scores: ReadonlyMap<string, number>, { readings }: FamilyEvidence): number {
  switch (family) {
    case 'unclear':
      return 0;
    case 'positional':
    case 'local context':
    case 'high-level context':
      return scores.get(family) ?? 0;
    default: {
      const agreeing = readings.filter((reading) => beyondChance(reading, family) >= thresholds.reading).length;
      return wilsonInterval(agreeing, readings.length).low;
    }
  }
}

const clamp = (value: number) => Math.min(1, Math.max(0, value));
