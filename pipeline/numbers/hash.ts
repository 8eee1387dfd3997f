/**
 * A seeded 32-bit hash of some whole numbers: the same numbers give the same value whatever came before, so that a
 * sample drawn by least hash does not depend on batch size or order.
 * Source: the finaliser of MurmurHash3 (Appleby 2011, public domain).
 */
export function hash(seed: number, ...values: readonly number[]): number {
  let state = mix(seed);
  for (const value of values) state = mix(state ^ mix(value + 0x9e3779b9));
  return state;
}

function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
