/** Numbers that one pass may hold of the kind that grows fastest: 256 MiB of float32. */
const mostNumbers = 2 ** 26;

/** As many contexts a pass as asked for, fewer where what a pass holds of each would take more than 256 MiB; at least one. */
export function fittingBatch(batch: number, numbersPerContext: number): number {
  return Math.max(1, Math.min(batch, Math.floor(mostNumbers / numbersPerContext)));
}
