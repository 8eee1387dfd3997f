/** What of a byte-pair encoding decides its ids. */
export interface BpeOptions {
  readonly vocab: ReadonlyMap<string, number>;
  /** Those of least rank first. */
  readonly merges: readonly (readonly [left: string, right: string])[];
  readonly unknown: string | undefined;
  /** Unknown characters that follow each other are one unknown token. */
  readonly fuseUnknown: boolean;
  /** A character that is no token becomes the tokens of its bytes. */
  readonly byteFallback: boolean;
  /** A word that is a token is not taken apart. */
  readonly wholeWords: boolean;
  readonly prefix: string;
  readonly suffix: string;
}

/** What makes a byte-pair encoding impossible, for an error text. */
export class BpeError extends Error {}

const utf8 = new TextEncoder();
const maxIds = 2 ** 26;

/**
 * Byte-pair encoding of a word: its characters' tokens, of which the neighbours of least rank are merged, the leftmost
 * first, until no merge is left; n characters take n·log n steps.
 * Source: Sennrich et al. 2016, arXiv:1508.07909; huggingface/tokenizers, models/bpe/{model,word}.rs, for the rest.
 */
export class Bpe {
  readonly #options: BpeOptions;
  readonly #unknown: number | undefined;
  /** Rank of a pair of tokens, left·maxIds + right. */
  readonly #ranks = new Map<number, number>();
  /** By rank. */
  readonly #merged: Int32Array;

  /** Throws BpeError for a merge of, or into, what is no token. */
  constructor(options: BpeOptions) {
    this.#options = options;
    this.#merged = new Int32Array(options.merges.length);
    this.#unknown = options.unknown === undefined ? undefined : this.#id(options.unknown, 'unknown token');
    for (const [rank, [left, right]] of options.merges.entries()) {
      if (!right.startsWith(options.prefix)) throw new BpeError(`merge without the prefix: ${left} ${right}`);
      const pair = this.#id(left, 'part of a merge') * maxIds + this.#id(right, 'part of a merge');
      this.#ranks.set(pair, rank);
      this.#merged[rank] = this.#id(left + right.slice(options.prefix.length), 'result of a merge');
    }
  }

  encode(word: string): number[] {
    if (this.#options.wholeWords) {
      const id = this.#options.vocab.get(word);
      if (id !== undefined) return [id];
    }
    return this.#merge(this.#characters(word));
  }

  #id(token: string, what: string): number {
    const id = this.#options.vocab.get(token);
    if (id === undefined || id >= maxIds) throw new BpeError(`${what} is not in the vocabulary: ${token}`);
    return id;
  }

  #characters(word: string): number[] {
    const { vocab, prefix, suffix, byteFallback, fuseUnknown } = this.#options;
    const ids: number[] = [];
    let waiting: number | undefined;
    for (let at = 0; at < word.length; ) {
      const character = String.fromCodePoint(word.codePointAt(at) ?? 0);
      const isFirst = at === 0;
      at += character.length;
      const text = (isFirst ? '' : prefix) + character + (at === word.length ? suffix : '');
      const id = vocab.get(text);
      const bytes = id === undefined && byteFallback ? this.#bytes(text) : undefined;
      if (id !== undefined) {
        if (waiting !== undefined) ids.push(waiting);
        waiting = undefined;
        ids.push(id);
      } else if (bytes) for (const byte of bytes) ids.push(byte);
      else {
        if (waiting !== undefined && !fuseUnknown) ids.push(waiting);
        waiting = this.#unknown;
      }
    }
    if (waiting !== undefined) ids.push(waiting);
    return ids;
  }

  #bytes(text: string): number[] | undefined {
    const ids: number[] = [];
    for (const byte of utf8.encode(text)) {
      const id = this.#options.vocab.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
      if (id === undefined) return undefined;
      ids.push(id);
    }
    return ids;
  }

  #rank(left: number | undefined, right: number | undefined): number | undefined {
    return left === undefined || right === undefined ? undefined : this.#ranks.get(left * maxIds + right);
  }

  #merge(ids: number[]): number[] {
    const count = ids.length;
    if (count < 2) return ids;
    const next = Int32Array.from({ length: count }, (_, i) => (i + 1 < count ? i + 1 : -1));
    const previous = Int32Array.from({ length: count }, (_, i) => i - 1);
    const gone = new Uint8Array(count);
    const queue = new LeastFirst();
    const offer = (at: number, after: number) => {
      const rank = this.#rank(ids[at], ids[after]);
      if (rank !== undefined) queue.push(rank * maxLength + at);
    };
    for (let at = 0; at + 1 < count; at++) offer(at, at + 1);
    for (let top = queue.pop(); top !== undefined; top = queue.pop()) {
      const at = top % maxLength;
      const right = next[at];
      if (gone[at] || right < 0) continue;
      const id = this.#merged[(top - at) / maxLength];
      const rank = this.#rank(ids[at], ids[right]);
      // A merge whose parts have changed since is stale, unless the new parts make the same token.
      if (rank === undefined || this.#merged[rank] !== id) continue;
      const after = next[right];
      ids[at] = id;
      gone[right] = 1;
      next[at] = after;
      if (after >= 0) previous[after] = at;
      const before = previous[at];
      if (before >= 0) offer(before, at);
      if (after >= 0) offer(at, after);
    }
    return ids.filter((_, i) => !gone[i]);
  }
}

/** Ranks and places share a number: rank·maxLength + place, below 2^53. */
const maxLength = 2 ** 30;

/** A binary heap of numbers. */
class LeastFirst {
  readonly #items: number[] = [];

  push(item: number): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = items[parent];
      if (above <= item) break;
      items[at] = above;
      at = parent;
    }
    items[at] = item;
  }

  pop(): number | undefined {
    const items = this.#items;
    const [top] = items;
    const last = items.pop();
    if (last === undefined || items.length === 0) return top;
    let at = 0;
    for (let child = 1; child < items.length; child = 2 * at + 1) {
      const [left = 0, right = Number.POSITIVE_INFINITY] = [items[child], items[child + 1]];
      const least = Math.min(left, right);
      if (least >= last) break;
      items[at] = least;
      at = right < left ? child + 1 : child;
    }
    items[at] = last;
    return top;
  }
}
