export interface Random {
  /** Uniform in [0, 1). */
  unit(): number;
  /** Uniform integer in [0, below). */
  below(below: number): number;
  /** A float32 in (0, scale], mostly small. */
  activation(scale: number): number;
}

/** Seeded random numbers (mulberry32), good enough for test data. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  function unit(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
  return {
    unit,
    below: (below) => Math.floor(unit() * below),
    activation: (scale) => Math.fround(scale * (0.01 + 0.99 * unit() ** 3)),
  };
}
