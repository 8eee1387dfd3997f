import type { ExampleRow } from '../../../pipeline/measures/statistics/table.ts';

const LAST = 8;
const GRAM = 5;
const LEAST_OVERLAP = 0.5;

type Text = Pick<ExampleRow, 'token_ids' | 'position' | 'window_start'>;

interface Group<E> {
  readonly members: E[];
  readonly end: number;
  readonly grams: Uint32Array;
}

/**
 * Examples in their order, each with the later ones that are much the same: they end in the same 8 tokens at the peak, or
 * share half of the runs of 5 tokens that either window has (Jaccard index). Runs are compared by a hash of 32 bits.
 */
export function groupSimilar<E extends Text>(examples: readonly E[]): E[][] {
  const groups: Group<E>[] = [];
  for (const example of examples) {
    const peak = example.position - example.window_start;
    const end = hashOf(example.token_ids, Math.max(0, peak + 1 - LAST), peak + 1);
    const grams = gramsOf(example.token_ids);
    const same = groups.find((group) => group.end === end || isOverlap(group.grams, grams));
    if (same) same.members.push(example);
    else groups.push({ members: [example], end, grams });
  }
  return groups.map(({ members }) => members);
}

/** FNV-1a over ids `from` up to, not including, `to`. */
function hashOf(ids: ArrayLike<number>, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ ids[i], 0x01000193);
  return hash >>> 0;
}

/** The hashes of its runs of 5 tokens, ascending. */
function gramsOf(ids: ArrayLike<number>): Uint32Array {
  const grams = new Uint32Array(Math.max(0, ids.length - GRAM + 1));
  for (let i = 0; i < grams.length; i++) grams[i] = hashOf(ids, i, i + GRAM);
  return grams.sort();
}

/** Whether the Jaccard index of two ascending lists is LEAST_OVERLAP or more. */
function isOverlap(a: Uint32Array, b: Uint32Array): boolean {
  const all = a.length + b.length;
  // shared / (all − shared) ≥ LEAST_OVERLAP
  const needed = (LEAST_OVERLAP * all) / (1 + LEAST_OVERLAP);
  let shared = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (shared + Math.min(a.length - i, b.length - j) < needed) return false;
    const left = a[i];
    const right = b[j];
    if (left === right) shared++;
    if (left <= right) i++;
    if (right <= left) j++;
  }
  return all > 0 && shared >= needed;
}
