/** The greatest of any number of values, `start` among them; NaN if one is. Math.max(...values) overflows the stack at about 120,000. */
export function greatest(values: Iterable<number>, start = Number.NEGATIVE_INFINITY): number {
  let most = start;
  for (const value of values) most = Math.max(most, value);
  return most;
}

/** The least of any number of values, `start` among them; NaN if one is. */
export function least(values: Iterable<number>, start = Number.POSITIVE_INFINITY): number {
  let fewest = start;
  for (const value of values) fewest = Math.min(fewest, value);
  return fewest;
}

/** The largest magnitude of some numbers; 0 of none. */
export function largestSize(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]);
    if (size > largest) largest = size;
  }
  return largest;
}
