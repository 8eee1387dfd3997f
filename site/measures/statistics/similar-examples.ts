import type { ExampleRow } from '../../../pipeline/measures/statistics/table.ts';

const LAST = 8;
const GRAM = 5;
const LEAST_OVERLAP = 0.5;
const LAST_BIT = 31;

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
  const texts = examples.map(({ token_ids }) => gramsOf(token_ids));
  const index = new GramIndex(texts.reduce((sum, { length }) => sum + length, 0));
  for (const [i, example] of examples.entries()) {
    const peak = example.position - example.window_start;
    const end = hashOf(example.token_ids, Math.max(0, peak + 1 - LAST), peak + 1);
    const grams = texts[i];
    const most = index.sharedAtMost(grams);
    const same = groups.find(
      (group, place) =>
        group.end === end ||
        (most[Math.min(place, LAST_BIT)] >= neededOf(group.grams, grams) && isOverlap(group.grams, grams)),
    );
    if (same) same.members.push(example);
    else {
      index.add(grams, Math.min(groups.length, LAST_BIT));
      groups.push({ members: [example], end, grams });
    }
  }
  return groups.map(({ members }) => members);
}

/** By hash, the groups that have it: a bit each for the first 31, one for all others. */
class GramIndex {
  readonly #hashes: Uint32Array;
  readonly #groups: Int32Array;
  readonly #mask: number;

  constructor(most: number) {
    const size = 2 ** Math.ceil(Math.log2(2 * most + 1));
    this.#hashes = new Uint32Array(size);
    this.#groups = new Int32Array(size);
    this.#mask = size - 1;
  }

  add(grams: Uint32Array, bit: number): void {
    for (let i = 0; i < grams.length; i++) {
      const place = this.#placeOf(grams[i]);
      this.#hashes[place] = grams[i];
      this.#groups[place] |= 1 << bit;
    }
  }

  /** For each bit, how many of the hashes its groups have; no group shares more. */
  sharedAtMost(grams: Uint32Array): Uint32Array {
    const counts = new Uint32Array(LAST_BIT + 1);
    for (let i = 0; i < grams.length; i++) {
      let groups = this.#groups[this.#placeOf(grams[i])];
      for (; groups !== 0; groups &= groups - 1) counts[31 - Math.clz32(groups & -groups)]++;
    }
    return counts;
  }

  /** Where a hash is, or would be. */
  #placeOf(gram: number): number {
    let place = gram & this.#mask;
    while (this.#groups[place] !== 0 && this.#hashes[place] !== gram) place = (place + 1) & this.#mask;
    return place;
  }
}

/** FNV-1a over ids `from` up to, not including, `to`. */
function hashOf(ids: ArrayLike<number>, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ ids[i], 0x01000193);
  return hash >>> 0;
}

/** The hashes of its runs of 5 tokens, in their order. */
function gramsOf(ids: ArrayLike<number>): Uint32Array {
  const grams = new Uint32Array(Math.max(0, ids.length - GRAM + 1));
  for (let i = 0; i < grams.length; i++) grams[i] = hashOf(ids, i, i + GRAM);
  return grams;
}

/** shared / (all − shared) ≥ LEAST_OVERLAP from so many shared on. */
const neededOf = (a: Uint32Array, b: Uint32Array): number =>
  Math.max(Number.MIN_VALUE, (LEAST_OVERLAP * (a.length + b.length)) / (1 + LEAST_OVERLAP));

/** Whether the Jaccard index of two lists, each number as often as it occurs, is LEAST_OVERLAP or more. */
function isOverlap(one: Uint32Array, other: Uint32Array): boolean {
  const [a, b] = [one.toSorted(), other.toSorted()];
  let shared = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const left = a[i];
    const right = b[j];
    if (left === right) shared++;
    if (left <= right) i++;
    if (right <= left) j++;
  }
  return shared >= neededOf(a, b);
}
