/** Tokens up to and with the present one that make two examples the same text. */
export const comparedTokens = 8;

export interface TokenText {
  /** The whole context. */
  readonly tokens: Int32Array;
  /** The present token's place in it. */
  readonly position: number;
}

/**
 * The first of each group of examples that end in the same 8 tokens, `most` at most: what a corpus says twice is one
 * piece of evidence.
 */
export function distinctTexts<E>(
  examples: Iterable<E>,
  textOf: (example: E) => TokenText,
  most = Number.POSITIVE_INFINITY,
): E[] {
  const seen = new Set<string>();
  const distinct: E[] = [];
  for (const example of examples) {
    if (distinct.length >= most) break;
    const { tokens, position } = textOf(example);
    const text = tokens.slice(Math.max(0, position + 1 - comparedTokens), position + 1).join(' ');
    if (!seen.has(text)) distinct.push(example);
    seen.add(text);
  }
  return distinct;
}
