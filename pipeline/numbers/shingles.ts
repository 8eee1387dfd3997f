/** Tokens of a shingle. */
export const shingleTokens = 50;

/** Two independent 32-bit values of one shingle. */
type Visit = (high: number, low: number) => void;

const high = powers(0x01000193);
const low = powers(0x2c1b3c6d);

/**
 * Visits every run of 50 tokens with a 64-bit value of it, Σ (tokenᵢ + 1)·baseᵏ⁻ⁱ mod 2³² for two odd bases, from one run
 * to the next in constant time; fewer tokens than 50 are one run.
 * Source: Karp, Rabin 1987, "Efficient randomized pattern-matching algorithms"; shingles: Broder 1997.
 */
export function forEachShingle(tokens: Int32Array, visit: Visit): void {
  let [first, second] = [0, 0];
  for (let at = 0; at < tokens.length; at++) {
    const left = at < shingleTokens ? 0 : tokens[at - shingleTokens] + 1;
    const entering = tokens[at] + 1;
    first = (Math.imul(first, high.base) + entering - Math.imul(left, high.leaving)) | 0;
    second = (Math.imul(second, low.base) + entering - Math.imul(left, low.leaving)) | 0;
    if (at >= shingleTokens - 1) visit(mixed(first), mixed(second));
  }
  if (tokens.length > 0 && tokens.length < shingleTokens) visit(mixed(first ^ tokens.length), mixed(second));
}

/** A base, and its power that a token leaves a shingle with. */
function powers(base: number) {
  let leaving = 1;
  for (let i = 0; i < shingleTokens; i++) leaving = Math.imul(leaving, base);
  return { base, leaving };
}

/** The low bits of the sums depend on few tokens' low bits: the finaliser of MurmurHash3 spreads them. */
function mixed(value: number): number {
  let x = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
