import { ByteSink, inText } from './byte-sink.ts';
import { type Html, html, kept } from './html.ts';
import { encodeLength } from './strip-codec.ts';
import { tokenLabel, visibleText } from './token-text.ts';

/** Per token: where its code starts, where its text starts and where that ends, and the code where it is one byte. */
const ENTRY = 4;

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

  constructor(textOf: (tokenId: number) => string) {
    this.#textOf = textOf;
  }

  /** Writes the token as it stands inside running text. */
  writeRunning(tokenId: number, sink: ByteSink): void {
    const entry = this.#entryOf(tokenId);
    sink.addPart(this.#bytes, this.#places[entry + 1], this.#places[entry + 2]);
  }

  /** Writes the length of that text, as strips have it. */
  writeLength(tokenId: number, sink: ByteSink): void {
    const entry = this.#entryOf(tokenId);
    const code = this.#places[entry + 3];
    if (code > 0) sink.addByte(code);
    else sink.addPart(this.#bytes, this.#places[entry], this.#places[entry + 1]);
  }

  /** The token on its own. */
  label(tokenId: number): Html {
    const known = this.#labels.get(tokenId);
    if (known) return known;
    const label = kept(html`<code>${tokenLabel(this.#textOf(tokenId))}</code>`);
    this.#labels.set(tokenId, label);
    return label;
  }

  #entryOf(tokenId: number): number {
    const entry = ENTRY * tokenId;
    if (entry >= this.#places.length || this.#places[entry + 1] === 0) this.#make(tokenId);
    return entry;
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
    const oneByte = code.length === 1 ? code.charCodeAt(0) : 0;
    this.#places.set([start, start + code.length, this.#bytes.length, oneByte], entry);
  }
}
