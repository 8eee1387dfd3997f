/** Where a source stands to the destination; a source may be of several kinds, or of none. */
export const readingKinds = ['induction', 'duplicate token', 'previous token', 'current token', 'BOS'] as const;
export type ReadingKind = (typeof readingKinds)[number];

/** Upper edges of the distances t − s that the reading profile tells apart. */
const profileDistances = [0, 1, 2, 4, 8, 16, 32, Number.POSITIVE_INFINITY] as const;

/** What each entry of a reading profile is the share of: what matches the present token first, the rest by distance. */
export const profileBins = [
  'BOS',
  'induction',
  'duplicate',
  '0',
  '1',
  '2',
  '3–4',
  '5–8',
  '9–16',
  '17–32',
  '33+',
] as const;

export interface ReadingInput {
  /** Token classes of the context, 0 … t at least. */
  readonly classes: ArrayLike<number>;
  /** t, from 1. */
  readonly position: number;
  /** DFA by source, 0 … t. */
  readonly bySource: ArrayLike<number>;
  /** Logit effect of a token class, as a share of the feature's largest; absent for what it does not promote. */
  readonly promoted: ReadonlyMap<number, number>;
}

/** What one example read, and from where. */
export interface Reading {
  /** Sum of the positive attributions. */
  readonly mass: number;
  /** Positive attribution by kind of source, a share of the mass. */
  readonly shares: Readonly<Record<ReadingKind, number>>;
  /** The shares of a reader that takes the same from every source after BOS. */
  readonly chance: Readonly<Record<ReadingKind, number>>;
  /** Mean relative logit effect on the tokens of the induction sources, by attribution; 0 without any. */
  readonly logit: number;
  /** Mass by profileBins, as shares. */
  readonly profile: Float64Array;
  /** Positive attribution from induction sources, by token class. */
  readonly copied: ReadonlyMap<number, number>;
}

/**
 * Sorts an example's positive DFA by what its sources are. Induction: s with token s − 1 equal to token t, after BOS,
 * before t. Duplicate: s < t with token s equal to token t. Previous: t − 1. Current: t. BOS: 0.
 * Source: Kissane et al. 2024, arXiv:2406.17759, section 4.1; the definition by sources is ours.
 */
export function readingOf({ classes, position, bySource, promoted }: ReadingInput): Reading {
  const sums = zeroShares();
  const matches = zeroShares();
  const profile = new Float64Array(profileBins.length);
  const copied = new Map<number, number>();
  let [mass, logit] = [0, 0];
  for (let s = 0; s <= position; s++) {
    const read = Math.max(0, bySource[s] ?? 0);
    mass += read;
    const kinds = kindsOf(classes, position, s);
    const bin = profileBin(kinds, position - s);
    profile[bin] = (profile[bin] ?? 0) + read;
    for (const kind of kinds) {
      sums[kind] += read;
      matches[kind]++;
      if (kind !== 'induction' || read === 0) continue;
      const token = classes[s] ?? -1;
      logit += read * (promoted.get(token) ?? 0);
      copied.set(token, (copied.get(token) ?? 0) + read);
    }
  }
  const scale = (record: Record<ReadingKind, number>, by: number) =>
    Object.fromEntries(readingKinds.map((kind) => [kind, by > 0 ? record[kind] / by : 0])) as typeof record;
  return {
    mass,
    shares: scale(sums, mass),
    chance: { ...scale(matches, position), BOS: 0 },
    logit: sums.induction > 0 ? logit / sums.induction : 0,
    profile: profile.map((value) => (mass > 0 ? value / mass : 0)),
    copied,
  };
}

const zeroShares = (): Record<ReadingKind, number> => ({
  induction: 0,
  'duplicate token': 0,
  'previous token': 0,
  'current token': 0,
  BOS: 0,
});

function kindsOf(classes: ArrayLike<number>, t: number, s: number): ReadingKind[] {
  if (s === 0) return ['BOS'];
  if (s === t) return ['current token'];
  const kinds: ReadingKind[] = [];
  if (s >= 2 && classes[s - 1] === classes[t]) kinds.push('induction');
  if (classes[s] === classes[t]) kinds.push('duplicate token');
  if (s === t - 1) kinds.push('previous token');
  return kinds;
}

function profileBin(kinds: readonly ReadingKind[], distance: number): number {
  if (kinds.includes('BOS')) return 0;
  if (kinds.includes('induction')) return 1;
  if (kinds.includes('duplicate token')) return 2;
  return 3 + profileDistances.findIndex((edge) => distance <= edge);
}

/** Mean profile of some readings, weighted by mass. */
export function meanProfile(readings: readonly Reading[]): Float32Array {
  const mean = new Float32Array(profileBins.length);
  const total = readings.reduce((sum, { mass }) => sum + mass, 0);
  if (total > 0)
    mean.forEach((_, i) => (mean[i] = readings.reduce((sum, r) => sum + r.mass * (r.profile[i] ?? 0), 0) / total));
  return mean;
}
