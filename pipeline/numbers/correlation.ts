/**
 * Pearson's correlation of two rows of numbers of one length; 0 where one of them does not vary. Both are taken less their
 * first number, which changes nothing but that a row of one number is exactly 0: the mean of such may be rounded.
 */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const [fromA, fromB] = [fromFirst(a), fromFirst(b)];
  const [meanA, meanB] = [mean(fromA), mean(fromB)];
  let [product, squaresA, squaresB] = [0, 0, 0];
  for (const [i, value] of fromA.entries()) {
    const [x, y] = [value - meanA, fromB[i] - meanB];
    product += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  const scale = Math.sqrt(squaresA * squaresB);
  return scale > 0 ? product / scale : 0;
}

const fromFirst = (values: readonly number[]) => values.map((value) => value - values[0]);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
