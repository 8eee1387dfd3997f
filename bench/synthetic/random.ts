import * as core from '../../pipeline/numbers/seeded-random.ts';

export interface Random {
  /** Uniform in [0, 1). */
  unit(): number;
  /** Uniform integer in [0, below). */
  below(below: number): number;
  /** A float32 in (0, scale], mostly small. */
  activation(scale: number): number;
}

export function seededRandom(seed: number): Random {
  const unit = core.seededRandom(seed);
  return {
    unit,
    below: (below) => Math.floor(unit() * below),
    activation: (scale) => Math.fround(scale * (0.01 + 0.99 * unit() ** 3)),
  };
}
