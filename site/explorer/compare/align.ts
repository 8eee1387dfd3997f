/** Where each position of one prompt stands in the other; −1 where it has no counterpart. */
export interface Alignment {
  readonly toSecond: Int32Array;
  readonly toFirst: Int32Array;
}

/**
 * Positions paired by a longest common subsequence of ids; between two such pairs, stretches of equal length are paired
 * one to one, so that a replaced word keeps its place. Time and memory n·m.
 */
export function align(first: readonly number[], second: readonly number[]): Alignment {
  const toSecond = new Int32Array(first.length).fill(-1);
  const toFirst = new Int32Array(second.length).fill(-1);
  const pair = (i: number, j: number): void => {
    toSecond[i] = j;
    toFirst[j] = i;
  };
  let [a, b] = [0, 0];
  for (const [i, j] of [...commonPairs(first, second), [first.length, second.length] as const]) {
    if (i - a === j - b) for (let k = 0; k < i - a; k++) pair(a + k, b + k);
    if (i < first.length) pair(i, j);
    [a, b] = [i + 1, j + 1];
  }
  return { toSecond, toFirst };
}

/** The pairs of a longest common subsequence, ascending; of several, the one that pairs earliest. */
function commonPairs(first: readonly number[], second: readonly number[]): (readonly [number, number])[] {
  const width = second.length + 1;
  const longest = new Uint16Array((first.length + 1) * width);
  for (let i = first.length - 1; i >= 0; i--)
    for (let j = second.length - 1; j >= 0; j--) {
      const at = i * width + j;
      longest[at] =
        first[i] === second[j] ? longest[at + width + 1] + 1 : Math.max(longest[at + width], longest[at + 1]);
    }
  const pairs: (readonly [number, number])[] = [];
  let [i, j] = [0, 0];
  while (i < first.length && j < second.length) {
    if (first[i] === second[j]) pairs.push([i++, j++]);
    else if (longest[(i + 1) * width + j] >= longest[i * width + j + 1]) i++;
    else j++;
  }
  return pairs;
}
