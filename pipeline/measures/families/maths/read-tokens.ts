export interface ReadToken {
  /** The spelling of its class that was read most. */
  readonly tokenId: number;
  /** Of the positive attribution of all examples, BOS among it. */
  readonly share: number;
}

export interface AttributedText {
  /** The whole context. */
  readonly tokens: ArrayLike<number>;
  readonly position: number;
  /** DFA by source, 0 … position. */
  readonly bySource: ArrayLike<number>;
}

const most = 3;
const leastShare = 0.05;

/** The token classes that carry most of the positive DFA of some examples after BOS, up to three, from 5 % on. */
export function readTokens(examples: readonly AttributedText[], classes: ArrayLike<number>): ReadToken[] {
  const byToken = new Map<number, number>();
  let mass = 0;
  for (const { tokens, position, bySource } of examples) {
    for (let s = 0; s <= position; s++) {
      const read = Math.max(0, bySource[s]);
      mass += read;
      if (s > 0 && read > 0) byToken.set(tokens[s], (byToken.get(tokens[s]) ?? 0) + read);
    }
  }
  const descending = [...byToken].sort(([a, x], [b, y]) => y - x || a - b);
  const byClass = Map.groupBy(descending, ([tokenId]) => classes[tokenId]);
  const read = [...byClass.values()].map((spellings) => ({
    tokenId: spellings[0][0],
    share: spellings.reduce((sum, [, own]) => sum + own, 0) / mass,
  }));
  return read
    .filter(({ share }) => share >= leastShare)
    .sort((a, b) => b.share - a.share || a.tokenId - b.tokenId)
    .slice(0, most);
}
