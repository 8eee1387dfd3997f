import type { ContextFile } from '../../../pipeline/record/context-file.ts';

/** Contexts held in memory. */
export function memoryContexts(contexts: readonly Int32Array[]): ContextFile {
  const at = (context: number) => {
    const tokens = contexts[context];
    if (!tokens) throw new RangeError(`no context ${context}`);
    return tokens;
  };
  return {
    count: contexts.length,
    length: contexts[0]?.length ?? 0,
    tokensOf: at,
    read: async (first, count) =>
      Int32Array.from(contexts.slice(first, first + count).flatMap((tokens) => [...tokens])),
    close: async () => {},
  };
}
