/**
 * Classes of tokens that count as the same word: case aside and spaces around it aside. A token of spaces alone is a
 * class of its own. Returns the class of each token id, by order of first appearance.
 */
export function tokenClasses(vocabSize: number, tokenText: (id: number) => string): Int32Array {
  const known = new Map<string, number>();
  return Int32Array.from({ length: vocabSize }, (_, id) => {
    const text = tokenText(id);
    const key = text.trim().toLowerCase() || text;
    const found = known.get(key) ?? known.size;
    known.set(key, found);
    return found;
  });
}

/** The classes of the first so many of some tokens. */
export function classesOf(tokens: ArrayLike<number>, count: number, classes: Int32Array): Int32Array {
  const own = new Int32Array(count);
  for (let i = 0; i < count; i++) own[i] = classes[tokens[i]];
  return own;
}
