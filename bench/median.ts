/** Median; the mean of the middle two of an even number. Throws RangeError for none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('no median of no values');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}

/** The results of some rounds of contestants who take turns, A B A B …, so that a busy moment falls on all alike. */
export async function takeTurns<Round>(rounds: number, takeRound: () => Promise<Round>): Promise<Round[]> {
  const taken: Round[] = [];
  for (let round = 0; round < rounds; round++) taken.push(await takeRound());
  return taken;
}

/** Median over rounds of a number that each gives. */
export function medianOf<Round>(rounds: readonly Round[], value: (round: Round) => number): number {
  return median(rounds.map(value));
}
