import { isReversed, kindsOf, type ReadingKind, readingKinds, type Surroundings } from './source-kinds.ts';

/** Upper edges of the distances t − s that the reading profile tells apart. */
const profileDistances = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, Number.POSITIVE_INFINITY] as const;

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
  '33–64',
  '65–128',
  '129–256',
  '257–512',
  '513–1024',
  '1025+',
] as const;

export interface ReadingInput extends Surroundings {
  /** DFA by source, 0 … t. */
  readonly bySource: ArrayLike<number>;
  /** Sources that the layer attends to at most, itself among them; all where it is null. */
  readonly window?: number | null;
}

/** How one token class was read, wherever it stands. */
export interface TokenReading {
  /** Positive attribution, a share of the mass. */
  readonly share: number;
  /** The share of a reader that takes the same from every source after BOS that it can reach. */
  readonly chance: number;
  /** Mean distance t − s of what was read, and mean of its square. */
  readonly distance: number;
  readonly squaredDistance: number;
}

/** What one example read, and from where. */
export interface Reading {
  /** Sum of the positive attributions. */
  readonly mass: number;
  /** Positive attribution by kind of source, a share of the mass. */
  readonly shares: Readonly<Record<ReadingKind, number>>;
  /** The shares of a reader that takes the same from every source after BOS that it can reach; of succession, those backwards if more. */
  readonly chance: Readonly<Record<ReadingKind, number>>;
  /** Mean relative logit effect on the tokens of the induction sources, by attribution; 0 without any. */
  readonly logit: number;
  /** Mass by profileBins, as shares. */
  readonly profile: Float64Array;
  /** Positive attribution from induction sources, by token class. */
  readonly copied: ReadonlyMap<number, number>;
  /** The token classes read at sources 1 … t. */
  readonly tokens: ReadonlyMap<number, TokenReading>;
}

/**
 * Sorts an example's positive DFA by what its sources are to the present token (source-kinds.ts).
 * Source: Kissane et al. 2024, arXiv:2406.17759, section 4.1; the definition by sources is ours.
 */
export function readingOf(input: ReadingInput): Reading {
  const { classes, position, bySource, promoted, window } = input;
  const reach = Math.min(position, window ?? position);
  const [sums, matches] = [zeroShares(), zeroShares()];
  const backwards = { read: 0, matches: 0 };
  const profile = new Float64Array(profileBins.length);
  const copied = new Map<number, number>();
  const tokens = new Map<number, TokenSums>();
  let [mass, logit] = [0, 0];
  for (let s = 0; s <= position; s++) {
    const read = Math.max(0, bySource[s]);
    const token = classes[s];
    const kinds = kindsOf(input, s);
    mass += read;
    addTo(profile, profileBin(kinds, position - s), read);
    for (const kind of kinds) {
      sums[kind] += read;
      if (position - s < reach) matches[kind]++;
    }
    if (isReversed(input, s)) {
      backwards.read += read;
      backwards.matches++;
    }
    if (s > 0) {
      const known = tokens.get(token);
      const own = known ?? new TokenSums();
      own.add(read, position - s, position - s < reach);
      if (!known) tokens.set(token, own);
    }
    if (read === 0 || !kinds.includes('induction')) continue;
    logit += read * (promoted.effects.get(token) ?? 0);
    copied.set(token, (copied.get(token) ?? 0) + read);
  }
  const share = (read: number) => (mass > 0 ? read / mass : 0);
  const even = scaled(matches, reach);
  return {
    mass,
    shares: scaled(sums, mass),
    chance: { ...even, BOS: 0, succession: Math.max(even.succession, share(backwards.read)) },
    logit: sums.induction > 0 ? logit / sums.induction : 0,
    profile: profile.map(share),
    copied,
    tokens: new Map([...tokens].map(([token, sums]) => [token, sums.value(mass, reach)])),
  };
}

/** Adds up how a token class was read. */
class TokenSums {
  #read = 0;
  #sources = 0;
  #distance = 0;
  #squared = 0;

  add(read: number, distance: number, isReached: boolean): void {
    this.#read += read;
    if (isReached) this.#sources++;
    this.#distance += read * distance;
    this.#squared += read * distance * distance;
  }

  value(mass: number, sources: number): TokenReading {
    const of = (sum: number, total: number) => (total > 0 ? sum / total : 0);
    return {
      share: of(this.#read, mass),
      chance: this.#sources / sources,
      distance: of(this.#distance, this.#read),
      squaredDistance: of(this.#squared, this.#read),
    };
  }
}

const zeroShares = (): Record<ReadingKind, number> => ({
  induction: 0,
  'duplicate token': 0,
  succession: 0,
  copying: 0,
  'previous token': 0,
  'current token': 0,
  BOS: 0,
});

function scaled(of: Readonly<Record<ReadingKind, number>>, by: number): Record<ReadingKind, number> {
  const shares = zeroShares();
  if (by > 0) for (const kind of readingKinds) shares[kind] = of[kind] / by;
  return shares;
}

function addTo(sums: Float64Array, at: number, value: number): void {
  sums[at] += value;
}

function profileBin(kinds: readonly ReadingKind[], distance: number): number {
  if (kinds.includes('BOS')) return 0;
  if (kinds.includes('induction')) return 1;
  if (kinds.includes('duplicate token')) return 2;
  return 3 + profileDistances.findIndex((edge) => distance <= edge);
}

/** Σ mass·value / Σ mass; 0 without mass. */
export function meanByMass(readings: readonly Reading[], of: (reading: Reading) => number): number {
  const total = readings.reduce((sum, { mass }) => sum + mass, 0);
  return total > 0 ? readings.reduce((sum, reading) => sum + reading.mass * of(reading), 0) / total : 0;
}

/** Mean profile of some readings, weighted by mass. */
export function meanProfile(readings: readonly Reading[]): Float32Array {
  return Float32Array.from(profileBins, (_, i) => meanByMass(readings, ({ profile }) => profile[i]));
}
