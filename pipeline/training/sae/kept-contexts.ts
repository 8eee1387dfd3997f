/** Tokens of contexts that are kept in memory: 64 MiB of them. */
const KEPT_TOKENS = 2 ** 24;

/**
 * A corpus's contexts, to be gone through again and again, one pass at a time: the first pass tokenises it, later ones
 * read what it kept, which are the first `most` tokens, and tokenise the corpus anew to get at the rest.
 */
export function keptContexts(
  open: () => AsyncIterable<Int32Array>,
  most = KEPT_TOKENS,
): () => AsyncGenerator<Int32Array> {
  const kept: Int32Array[] = [];
  let [tokens, isWhole] = [0, false];
  let source: AsyncIterator<Int32Array> | undefined;
  return async function* contexts() {
    let at = 0;
    while (true) {
      if (at < kept.length) {
        yield kept[at++];
        continue;
      }
      if (isWhole) return;
      if (tokens >= most) break;
      source ??= open()[Symbol.asyncIterator]();
      const { done, value } = await source.next();
      if (done) {
        isWhole = true;
        continue;
      }
      kept.push(value);
      tokens += value.length;
    }
    const [rest, before] = source ? [iterated(source), 0] : [open(), at];
    source = undefined;
    let skipped = 0;
    for await (const context of rest) if (skipped++ >= before) yield context;
  };
}

/** What is left of an iterator, to be gone through, and closed where that stops early. */
const iterated = <T>(iterator: AsyncIterator<T>): AsyncIterable<T> => ({ [Symbol.asyncIterator]: () => iterator });
