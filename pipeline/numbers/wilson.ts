export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** 95 % of the normal distribution lies within so many deviations. */
const z = 1.959963984540054;

/**
 * Wilson score interval, 95%, of a share of which `successes` of `trials` were seen; 0 to 1 without trials.
 * Source: Wilson 1927, Journal of the American Statistical Association 22, 209–212.
 */
export function wilsonInterval(successes: number, trials: number): Interval {
  if (trials === 0) return { low: 0, high: 1 };
  const share = successes / trials;
  const scale = 1 + (z * z) / trials;
  const centre = (share + (z * z) / (2 * trials)) / scale;
  const half = (z * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials))) / scale;
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
