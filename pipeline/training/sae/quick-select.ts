/**
 * The k-th largest of numbers, k from 1, which it rearranges. Hoare's selection with the median of three as pivot.
 * Source: Hoare 1961, "Algorithm 65: Find".
 */
export function kthLargest(values: Float32Array, k: number): number {
  let [low, high] = [0, values.length - 1];
  const at = (i: number) => values[i];
  const wanted = k - 1;
  while (low < high) {
    const pivot = medianOfThree(at(low), at((low + high) >> 1), at(high));
    let [i, j] = [low, high];
    while (i <= j) {
      while (at(i) > pivot) i++;
      while (at(j) < pivot) j--;
      if (i > j) break;
      const moved = at(i);
      values[i++] = at(j);
      values[j--] = moved;
    }
    if (wanted <= j) high = j;
    else if (wanted >= i) low = i;
    else break;
  }
  return at(wanted);
}

const medianOfThree = (a: number, b: number, c: number) => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
