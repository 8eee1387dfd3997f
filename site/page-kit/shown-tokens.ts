import { ByteSink, inText } from './byte-sink.ts';
import { type Html, html, kept } from './html.ts';
import { encodeLength } from './strip-codec.ts';
import { tokenLabel, visibleText } from './token-text.ts';

/** Per token: where its code starts, where its text starts and where that ends. */
const ENTRY = 3;
/** Where in an entry the start of each part is, which ends where the next one starts. */
const [CODE, TEXT] = [0, 1];

/**
 * The tokens of a vocabulary as markup, each made when it is first asked for: a page shows a thousand and more. The code of
 * a token's length and its text as UTF-8 stand side by side, since what is apart in memory is slow to reach.
 */
export class ShownTokens {
  readonly #textOf: (tokenId: number) => string;
  readonly #labels = new Map<number, Html>();
  readonly #made = new ByteSink();
  #bytes = this.#made.written;
  #places = new Int32Array(ENTRY << 12);
  /** Bytes of the longest code and text of a token made so far. */
  #longest = 0;

  constructor(textOf: (tokenId: number) => string) {
    this.#textOf = textOf;
  }

  /** Writes tokens `from` up to, not including, `to` of a list as they stand inside running text. */
  writeRunning(tokenIds: ArrayLike<number>, from: number, to: number, sink: ByteSink): void {
    this.#write(tokenIds, { from, to, part: TEXT }, sink);
  }

  /** Writes the lengths of these texts, as strips have them. */
  writeLengths(tokenIds: ArrayLike<number>, from: number, to: number, sink: ByteSink): void {
    this.#write(tokenIds, { from, to, part: CODE }, sink);
  }

  /** The token on its own. */
  label(tokenId: number): Html {
    const known = this.#labels.get(tokenId);
    if (known) return known;
    const label = kept(html`<code>${tokenLabel(this.#textOf(tokenId))}</code>`);
    this.#labels.set(tokenId, label);
    return label;
  }

  #write(
    tokenIds: ArrayLike<number>,
    { from, to, part }: { readonly from: number; readonly to: number; readonly part: number },
    sink: ByteSink,
  ): void {
    this.#makeAll(tokenIds, from, to);
    const [bytes, places] = [this.#bytes, this.#places];
    const target = sink.room((to - from) * this.#longest);
    let at = sink.end;
    for (let i = from; i < to; i++) {
      const entry = ENTRY * tokenIds[i] + part;
      const end = places[entry + 1];
      for (let j = places[entry]; j < end; j++) target[at++] = bytes[j];
    }
    sink.end = at;
  }

  #makeAll(tokenIds: ArrayLike<number>, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      const entry = ENTRY * tokenIds[i];
      if (entry >= this.#places.length || this.#places[entry + 1] === 0) this.#make(tokenIds[i]);
    }
  }

  #make(tokenId: number): void {
    const entry = ENTRY * tokenId;
    if (entry >= this.#places.length) {
      const larger = new Int32Array(2 * (entry + ENTRY));
      larger.set(this.#places);
      this.#places = larger;
    }
    const text = visibleText(this.#textOf(tokenId));
    const start = this.#made.written.length;
    const code = encodeLength(text);
    this.#made.addText(code, inText);
    this.#made.addText(text, inText);
    this.#bytes = this.#made.written;
    this.#longest = Math.max(this.#longest, this.#bytes.length - start);
    this.#places.set([start, start + code.length, this.#bytes.length], entry);
  }
}
