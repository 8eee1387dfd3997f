/**
 * Share of the positive DFA of some examples that each head carries, [head]; all 0 without any. DFA sums to the activation,
 * so that an example counts by how strongly it is active. byHead [head] of each example.
 */
export function attributionShares(byHead: Iterable<ArrayLike<number>>, nHeads: number): Float32Array {
  const sums = new Float64Array(nHeads);
  for (const example of byHead) {
    for (let head = 0; head < nHeads; head++) sums[head] += Math.max(0, example[head]);
  }
  const total = sums.reduce((sum, value) => sum + value, 0);
  return Float32Array.from(sums, (value) => (total > 0 ? value / total : 0));
}
