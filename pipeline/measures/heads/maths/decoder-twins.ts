import { greatest } from '../../../numbers/extremes.ts';
import type { Sae } from '../../../sae/sae.ts';

/** Decoder directions of a greater cosine are one direction. */
export const twinCosine = 0.999;

/** Of unit vectors u, v of a greater cosine ‖u − v‖² is less than this. */
const mostSquaredDistance = 2 * (1 - twinCosine);
/** Coordinates looked at first, spread over the decoder row: they tell almost all pairs apart. */
const probed = 16;

/**
 * Features whose decoder directions are the same, by cosine > 0.999, each with the lowest-numbered one of them, itself
 * included; features without a twin are not in the map. wDec [dSae, dIn].
 */
export function decoderTwins(
  { wDec, dIn }: Pick<Sae, 'wDec' | 'dIn'>,
  features: readonly number[],
  nHeads: number,
): Map<number, number> {
  const decoder = wDec.data;
  const directions = features.flatMap((feature) => {
    const row = decoder.subarray(feature * dIn, (feature + 1) * dIn);
    const norm = normOf(row);
    return norm > 0 ? [directionOf(feature, row, 1 / norm, nHeads)] : [];
  });
  const groups = new Groups();
  for (const [one, other] of nearPairs(directions.sort((a, b) => a.key - b.key))) {
    if (isTwin(one, other)) groups.join(one.feature, other.feature);
  }
  return groups.firsts();
}

interface Direction {
  readonly feature: number;
  readonly row: Float32Array;
  /** What makes it a unit vector. */
  readonly scale: number;
  /** Norm of its largest head slice as a unit vector: of two vectors it differs by no more than they do. */
  readonly key: number;
}

function directionOf(feature: number, row: Float32Array, scale: number, nHeads: number): Direction {
  const dHead = row.length / nHeads;
  const slices = Array.from({ length: nHeads }, (_, head) => normOf(row.subarray(head * dHead, (head + 1) * dHead)));
  return { feature, row, scale, key: greatest(slices) * scale };
}

/**
 * Pairs of directions, by ascending key, whose keys and probes are near enough for twins. Keys of wide decoders are much
 * alike, so that most pairs are looked at: what is looked at first lies side by side in memory.
 */
function* nearPairs(directions: readonly Direction[]): Generator<[Direction, Direction]> {
  const most = Math.sqrt(mostSquaredDistance);
  const keys = Float64Array.from(directions, ({ key }) => key);
  const probes = probesOf(directions);
  for (const [i, one] of directions.entries()) {
    let end = i + 1;
    while (end < keys.length && keys[end] - keys[i] <= most) end++;
    for (const j of nearProbes(probes, i, end)) {
      const other = directions[j];
      if (other) yield [one, other];
    }
  }
}

/** By probe, of each direction as a unit vector: [probed][direction]; 0 where a row has fewer coordinates. */
function probesOf(directions: readonly Direction[]): Float64Array[] {
  const probe = ({ row, scale }: Direction, k: number) => {
    const count = Math.min(probed, row.length);
    return k < count ? row[Math.floor((k * row.length) / count)] * scale : 0;
  };
  return Array.from({ length: probed }, (_, k) => Float64Array.from(directions, (own) => probe(own, k)));
}

/** Directions behind one, up to an end, that differ from it by no more in their probes than twins do in all. */
function nearProbes(probes: readonly Float64Array[], one: number, end: number): number[] {
  const near: number[] = [];
  const [a, b, c, d] = probes;
  const [ownA, ownB, ownC, ownD] = [a[one], b[one], c[one], d[one]];
  for (let other = one + 1; other < end; other++) {
    const squared = (a[other] - ownA) ** 2 + (b[other] - ownB) ** 2 + (c[other] - ownC) ** 2 + (d[other] - ownD) ** 2;
    if (squared < mostSquaredDistance && isNear(probes, one, other)) near.push(other);
  }
  return near;
}

function isNear(probes: readonly Float64Array[], one: number, other: number): boolean {
  let squared = 0;
  for (let k = 0; k < probed && squared < mostSquaredDistance; k++) squared += (probes[k][one] - probes[k][other]) ** 2;
  return squared < mostSquaredDistance;
}

function isTwin(one: Direction, other: Direction): boolean {
  let squared = 0;
  for (let k = 0; k < one.row.length && squared < mostSquaredDistance; k++) {
    const difference = one.row[k] * one.scale - other.row[k] * other.scale;
    squared += difference * difference;
  }
  return squared < mostSquaredDistance;
}

/** Features joined by pairs, each group known by its lowest number. */
class Groups {
  readonly #lower = new Map<number, number>();

  join(a: number, b: number): void {
    const [low, high] = [this.#first(a), this.#first(b)].sort((x, y) => x - y);
    if (low === undefined || high === undefined) return;
    this.#lower.set(low, low);
    this.#lower.set(high, low);
  }

  firsts(): Map<number, number> {
    const features = [...this.#lower.keys()].sort((a, b) => a - b);
    return new Map(features.map((feature) => [feature, this.#first(feature)]));
  }

  #first(feature: number): number {
    let first = feature;
    for (let lower = this.#lower.get(first); lower !== undefined && lower !== first; lower = this.#lower.get(first))
      first = lower;
    return first;
  }
}

function normOf(values: Float32Array): number {
  let squares = 0;
  for (const value of values) squares += value * value;
  return Math.sqrt(squares);
}
