/**
 * Looks for many texts at once. A place of a text is compared with those that begin with its two characters, by a
 * table of them and of their lengths, so that half a million texts take little more memory than they take themselves.
 */
export class TextFinder {
  readonly #indices = new Map<string, number>();
  /** By the first two UTF-16 units of a text, 0 where it has but one: the lengths of such, longest first. */
  readonly #lengths = new Map<number, number[]>();
  /** The units that a text begins with. */
  readonly #first = new Uint8Array(0x10000);

  /** Of equal texts the first counts; the empty text is never found. */
  constructor(texts: readonly string[]) {
    for (const [index, text] of texts.entries()) {
      if (text === '' || this.#indices.has(text)) continue;
      this.#indices.set(text, index);
      this.#first[text.charCodeAt(0)] = 1;
      const key = keyOf(text, 0, text.length);
      const lengths = this.#lengths.get(key) ?? [];
      if (!lengths.includes(text.length)) lengths.push(text.length);
      this.#lengths.set(key, lengths);
    }
    for (const lengths of this.#lengths.values()) lengths.sort((a, b) => b - a);
  }

  /** The leftmost matches, the longest of those that begin together, one after the other. */
  *matches(text: string): Generator<readonly [index: number, begin: number, end: number]> {
    if (this.#indices.size === 0) return;
    for (let at = 0; at < text.length; ) {
      const found = this.#first[text.charCodeAt(at)] ? this.#longest(text, at) : undefined;
      if (found) yield [found.index, at, found.end];
      at = found ? found.end : at + 1;
    }
  }

  #longest(text: string, at: number): { index: number; end: number } | undefined {
    const longer = this.#ofLengths(text, at, this.#lengths.get(keyOf(text, at, 2)));
    return longer ?? this.#ofLengths(text, at, this.#lengths.get(keyOf(text, at, 1)));
  }

  #ofLengths(text: string, at: number, lengths: readonly number[] = []): { index: number; end: number } | undefined {
    for (const length of lengths) {
      const index = this.#indices.get(text.slice(at, at + length));
      if (index !== undefined) return { index, end: at + length };
    }
    return undefined;
  }
}

const keyOf = (text: string, at: number, length: number) =>
  text.charCodeAt(at) * 0x10000 + (length > 1 ? text.charCodeAt(at + 1) || 0 : 0);
