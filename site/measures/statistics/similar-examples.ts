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
  const texts = gramsOfEach(examples);
  index.clear(texts.reduce((sum, { length }) => sum + length, 0));
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

/** By hash, the groups that have it: a bit each for the first 31, one for all others. Its arrays serve one feature after another. */
class GramIndex {
  #hashes = new Uint32Array(1 << 11);
  #groups = new Int32Array(1 << 11);
  readonly #counts = new Uint32Array(LAST_BIT + 1);

  /** Makes room for so many hashes. */
  clear(most: number): void {
    if (2 * most < this.#hashes.length) {
      this.#groups.fill(0);
      return;
    }
    const size = 2 ** Math.ceil(Math.log2(2 * most + 1));
    this.#hashes = new Uint32Array(size);
    this.#groups = new Int32Array(size);
  }

  add(grams: Uint32Array, bit: number): void {
    for (let i = 0; i < grams.length; i++) {
      const place = this.#placeOf(grams[i]);
      this.#hashes[place] = grams[i];
      this.#groups[place] |= 1 << bit;
    }
  }

  /** For each bit, how many of the hashes its groups have, until it is asked again; no group shares more. */
  sharedAtMost(grams: Uint32Array): Uint32Array {
    const counts = this.#counts.fill(0);
    for (let i = 0; i < grams.length; i++) {
      let groups = this.#groups[this.#placeOf(grams[i])];
      for (; groups !== 0; groups &= groups - 1) counts[31 - Math.clz32(groups & -groups)]++;
    }
    return counts;
  }

  /** Where a hash is, or would be. */
  #placeOf(gram: number): number {
    const mask = this.#hashes.length - 1;
    let place = gram & mask;
    while (this.#groups[place] !== 0 && this.#hashes[place] !== gram) place = (place + 1) & mask;
    return place;
  }
}

const index = new GramIndex();

/** FNV-1a over ids `from` up to, not including, `to`. */
function hashOf(ids: ArrayLike<number>, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ ids[i], 0x01000193);
  return hash >>> 0;
}

/** Of each text, the hashes of its runs of 5 tokens in their order: parts of one array. */
function gramsOfEach(texts: readonly Text[]): Uint32Array[] {
  const lengths = texts.map(({ token_ids }) => Math.max(0, token_ids.length - GRAM + 1));
  const all = new Uint32Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  return texts.map(({ token_ids }, i) => {
    const start = at;
    for (let from = 0; from < lengths[i]; from++) all[at++] = hashOf(token_ids, from, from + GRAM);
    return all.subarray(start, at);
  });
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
