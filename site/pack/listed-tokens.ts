import type { RunReader } from '../../pipeline/tables/reader.ts';

/** Contexts whose tokens are counted: enough to tell which tokens are frequent. */
const MOST_CONTEXTS = 16_384;
const CONTEXTS_PER_READ = 1024;
/** The list is fetched whole by who reads one page; tokens that it lacks are spelled out beside the pages that show them. */
const MOST_TOKENS = 32_768;

const counted = new WeakMap<RunReader, Promise<readonly number[]>>();

/**
 * The tokens of a run's text, the most frequent first, so that those have short codes; of equals the lower id. They are
 * counted once, however many SAEs are packed.
 */
export function listedTokens(reader: RunReader): Promise<readonly number[]> {
  const listed = counted.get(reader) ?? countTokens(reader);
  counted.set(reader, listed);
  return listed;
}

async function countTokens(reader: RunReader): Promise<readonly number[]> {
  const counts = new Map<number, number>();
  const contexts = Math.min(reader.counts.contexts, MOST_CONTEXTS);
  for (let from = 0; from < contexts; from += CONTEXTS_PER_READ) {
    for (const { token_ids } of await reader.contexts(from, Math.min(contexts, from + CONTEXTS_PER_READ))) {
      for (const tokenId of token_ids) counts.set(tokenId, (counts.get(tokenId) ?? 0) + 1);
    }
  }
  const byUse = [...counts].sort(([a, often], [b, more]) => more - often || a - b);
  return byUse.slice(0, MOST_TOKENS).map(([tokenId]) => tokenId);
}
