import type { ContextRow } from '../../pipeline/record/table.ts';
import type { RunReader } from '../../pipeline/tables/reader.ts';

const CONTEXTS_PER_READ = 4096;
/** So many are asked for by number. */
const FEW = 64;

/** The wanted contexts; the table passes through memory in pieces, so that corpus size does not matter. */
export async function readContexts(
  reader: RunReader,
  wanted: ReadonlySet<number>,
): Promise<ReadonlyMap<number, ContextRow>> {
  const found = new Map<number, ContextRow>();
  if (wanted.size <= FEW) {
    for (const row of await reader.contextsOf([...wanted])) found.set(row.context, row);
    return found;
  }
  for (const from of pieces(wanted)) {
    for (const row of await reader.contexts(from, from + CONTEXTS_PER_READ)) {
      if (wanted.has(row.context)) found.set(row.context, row);
    }
  }
  return found;
}

function pieces(wanted: ReadonlySet<number>): number[] {
  const starts = new Set([...wanted].map((context) => context - (context % CONTEXTS_PER_READ)));
  return [...starts].sort((a, b) => a - b);
}
