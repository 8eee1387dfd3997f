/** A source of uniform numbers in [0, 1). */
export type Random = () => number;

/**
 * A generator that is a pure function of its seeds: equal seeds, equal stream.
 * The 32-bit generator "splitmix32"; the seeds are folded into its state one after the other.
 * Source: Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators".
 */
export function seededRandom(...seeds: readonly number[]): Random {
  let state = seeds.reduce((folded, seed) => scramble((folded + seed + 0x9e3779b9) | 0), 0);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    return (scramble(state) >>> 0) / 2 ** 32;
  };
}

function scramble(value: number): number {
  const once = Math.imul(value ^ (value >>> 16), 0x21f0aaad);
  const twice = Math.imul(once ^ (once >>> 15), 0x735a2d97);
  return twice ^ (twice >>> 15);
}

/** A whole number in [low, high]. */
export function randomInteger(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1));
}

/** A standard normal number, by Box and Muller's transform. */
export function randomNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** One of a list's items. Throws RangeError when it is empty. */
export function pickOne<T>(random: Random, items: readonly T[]): T {
  const item = items[randomInteger(random, 0, items.length - 1)];
  if (item === undefined) throw new RangeError('cannot pick from an empty list');
  return item;
}
