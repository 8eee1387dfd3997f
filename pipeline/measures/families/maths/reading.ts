import { bitOf, type ReadingKind, readingKinds, SourceKinds, type Surroundings } from './source-kinds.ts';
import { firstOfClass } from './token-groups.ts';

const bos = bitOf('BOS');
const induction = bitOf('induction');
const duplicate = bitOf('duplicate token');

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

/** The bin of every distance above the last that has bounds, from the bin of distance 0 on. */
const mostDistances = profileBins.length - 4;

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
  /** The token classes read at sources 1 … t; without those that raised nothing. */
  readonly tokens: ReadonlyMap<number, TokenReading>;
}

/**
 * Sorts an example's positive DFA by what its sources are to the present token (source-kinds.ts).
 * Source: Kissane et al. 2024, arXiv:2406.17759, section 4.1; the definition by sources is ours.
 */
export function readingOf(input: ReadingInput): Reading {
  const { classes, position, bySource, promoted, window } = input;
  const reach = Math.min(position, window ?? position);
  const sources = new SourceKinds(input);
  const groups = new TokenSums(classes, position);
  const sums = new Float64Array(readingKinds.length);
  const matches = new Float64Array(readingKinds.length);
  const profile = new Float64Array(profileBins.length);
  const copied = new Map<number, number>();
  let [mass, logit, backwards] = [0, 0, 0];
  for (let s = 0; s <= position; s++) {
    const read = Math.max(0, bySource[s]);
    const distance = position - s;
    const kinds = sources.of(s);
    mass += read;
    addTo(profile, profileBin(kinds, distance), read);
    for (let left = kinds; left !== 0; left &= left - 1) {
      const kind = 31 - Math.clz32(left & -left);
      sums[kind] += read;
      if (distance < reach) matches[kind]++;
    }
    if (sources.isReversed(s)) backwards += read;
    groups.add(s, read, distance < reach);
    if (read === 0 || (kinds & induction) === 0) continue;
    const token = classes[s];
    logit += read * (promoted.effects.get(token) ?? 0);
    copied.set(token, (copied.get(token) ?? 0) + read);
  }
  const even = scaled(matches, reach);
  const byInduction = sums[readingKinds.indexOf('induction')];
  return {
    mass,
    shares: scaled(sums, mass),
    chance: { ...even, BOS: 0, succession: Math.max(even.succession, shareOf(backwards, mass)) },
    logit: shareOf(logit, byInduction),
    profile: profile.map((read) => shareOf(read, mass)),
    copied,
    tokens: groups.readings(mass, reach),
  };
}

/** Adds up how token classes were read, each at the place of its first source. */
class TokenSums {
  readonly #classes: ArrayLike<number>;
  readonly #first: Int32Array;
  readonly #read: Float64Array;
  readonly #distance: Float64Array;
  readonly #squared: Float64Array;
  /** Sources within reach. */
  readonly #sources: Int32Array;

  constructor(classes: ArrayLike<number>, position: number) {
    this.#classes = classes;
    this.#first = firstOfClass(classes, position);
    this.#read = new Float64Array(position + 1);
    this.#distance = new Float64Array(position + 1);
    this.#squared = new Float64Array(position + 1);
    this.#sources = new Int32Array(position + 1);
  }

  /** BOS is added at 0, which is no token's. */
  add(source: number, read: number, isReached: boolean): void {
    const at = this.#first[source];
    if (isReached) this.#sources[at]++;
    if (read === 0) return;
    const distance = this.#first.length - 1 - source;
    this.#read[at] += read;
    this.#distance[at] += read * distance;
    this.#squared[at] += read * distance * distance;
  }

  readings(mass: number, reach: number): Map<number, TokenReading> {
    const readings = new Map<number, TokenReading>();
    for (let at = 1; at < this.#read.length; at++) {
      const read = this.#read[at];
      if (read === 0) continue;
      readings.set(this.#classes[at], {
        share: read / mass,
        chance: this.#sources[at] / reach,
        distance: this.#distance[at] / read,
        squaredDistance: this.#squared[at] / read,
      });
    }
    return readings;
  }
}

const shareOf = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);

/** By kind, as shares of a sum. */
function scaled(of: Float64Array, by: number): Record<ReadingKind, number> {
  const [induction, duplicate, succession, copying, previous, current, bos] = of;
  return {
    induction: shareOf(induction, by),
    'duplicate token': shareOf(duplicate, by),
    succession: shareOf(succession, by),
    copying: shareOf(copying, by),
    'previous token': shareOf(previous, by),
    'current token': shareOf(current, by),
    BOS: shareOf(bos, by),
  };
}

function addTo(sums: Float64Array, at: number, value: number): void {
  sums[at] += value;
}

function profileBin(kinds: number, distance: number): number {
  if ((kinds & bos) !== 0) return 0;
  if ((kinds & induction) !== 0) return 1;
  if ((kinds & duplicate) !== 0) return 2;
  // 0 and 1 of their own, then up to each power of two.
  return 3 + (distance < 2 ? distance : Math.min(33 - Math.clz32(distance - 1), mostDistances));
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
