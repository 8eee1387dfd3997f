import type { ContextFile } from './context-file.ts';

/** Contexts of one length as a file of them would give them. */
export function contextsInMemory(contexts: readonly Int32Array[], length = contexts.at(0)?.length ?? 0): ContextFile {
  const all = new Int32Array(contexts.length * length);
  for (const [i, tokens] of contexts.entries()) all.set(tokens, i * length);
  return {
    count: contexts.length,
    length,
    read: async (first, count) => all.slice(first * length, (first + count) * length),
    tokensOf: (context) => all.subarray(context * length, (context + 1) * length),
    close: async () => {},
  };
}
