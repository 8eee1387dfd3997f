/**
 * Two-sided tail of Student's t: the probability of |T| ≥ t with a whole number of degrees of freedom, by its finite
 * series in θ = atan(t/√ν). Source: Abramowitz, Stegun 1964, equations 26.7.3 and 26.7.4.
 */
export function studentTail(t: number, freedom: number): number {
  const theta = Math.atan(Math.abs(t) / Math.sqrt(freedom));
  const [sine, cosine] = [Math.sin(theta), Math.cos(theta)];
  const isOdd = freedom % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k < freedom - 1; k += 2) {
    term *= (cosine * cosine * (k - 1)) / k;
    sum += term;
  }
  const within = isOdd ? (2 / Math.PI) * (theta + sine * sum) : sine * sum;
  return Math.max(0, 1 - within);
}

const known = new Map<string, number>();

/** The t whose two-sided tail is as large as asked for, by bisection; 0.05 gives the half width of a 95 % interval. */
export function studentQuantile(tail: number, freedom: number): number {
  const key = `${tail}/${freedom}`;
  const quantile = known.get(key) ?? bisect(tail, freedom);
  known.set(key, quantile);
  return quantile;
}

function bisect(tail: number, freedom: number): number {
  let [low, high] = [0, 1];
  while (studentTail(high, freedom) > tail) high *= 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (studentTail(middle, freedom) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
