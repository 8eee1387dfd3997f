import { ByteSink, inText } from './byte-sink.ts';
import { type Html, html, kept } from './html.ts';
import { encodeLength } from './strip-codec.ts';
import { tokenLabel, visibleText } from './token-text.ts';

const FIRST_SIZE = 1 << 12;

/** Tokens as strips have them, side by side, since what is apart in memory is slow to reach. */
export interface TokenBytes {
  /** Their texts as they stand inside running text, one behind another. */
  readonly texts: Uint8Array;
  /** By token: where its text starts, and where it ends. */
  readonly places: Int32Array;
  /** By token: the code of its text's length where that is a byte, LONG_CODE where it is several. */
  readonly codes: Uint8Array;
  readonly longCodes: LongCodes;
  /** Bytes of the longest text. */
  readonly longest: number;
}

/** The codes of lengths that are several bytes. */
class LongCodes {
  readonly #codes = new Map<number, Uint8Array>();
  /** Bytes of the longest. */
  longest = 1;

  of(tokenId: number): Uint8Array {
    return this.#codes.get(tokenId) ?? empty;
  }

  set(tokenId: number, code: string): void {
    this.#codes.set(tokenId, utf8.encode(code));
    this.longest = Math.max(this.longest, code.length);
  }
}

const utf8 = new TextEncoder();
const empty = new Uint8Array();
const UNMADE = 0;
export const LONG_CODE = 1;

/** The tokens of a vocabulary as markup, each made when it is first asked for: a page shows a thousand and more. */
export class ShownTokens {
  readonly #textOf: (tokenId: number) => string;
  readonly #labels = new Map<number, Html>();
  readonly #made = new ByteSink();
  #bytes: TokenBytes = {
    texts: this.#made.written,
    places: new Int32Array(2 * FIRST_SIZE),
    codes: new Uint8Array(FIRST_SIZE),
    longCodes: new LongCodes(),
    longest: 0,
  };

  constructor(textOf: (tokenId: number) => string) {
    this.#textOf = textOf;
  }

  /** Some tokens as bytes: those `from` up to, not including, `to` of a list, and all that were asked for before. */
  bytesOf(tokenIds: ArrayLike<number>, from: number, to: number): TokenBytes {
    const { codes } = this.#bytes;
    for (let i = from; i < to; i++) if (!(codes[tokenIds[i]] > UNMADE)) return this.#makeAll(tokenIds, i, to);
    return this.#bytes;
  }

  /** The token on its own. */
  label(tokenId: number): Html {
    const known = this.#labels.get(tokenId);
    if (known) return known;
    const label = kept(html`<code>${tokenLabel(this.#textOf(tokenId))}</code>`);
    this.#labels.set(tokenId, label);
    return label;
  }

  #makeAll(tokenIds: ArrayLike<number>, from: number, to: number): TokenBytes {
    for (let i = from; i < to; i++) if (!(this.#bytes.codes[tokenIds[i]] > UNMADE)) this.#make(tokenIds[i]);
    return this.#bytes;
  }

  #make(tokenId: number): void {
    if (tokenId >= this.#bytes.codes.length) this.#makeRoom(tokenId + 1);
    const { texts: before, places, codes, longCodes, longest } = this.#bytes;
    const start = before.length;
    const text = visibleText(this.#textOf(tokenId));
    this.#made.addText(text, inText);
    const texts = this.#made.written;
    places.set([start, texts.length], 2 * tokenId);
    const code = encodeLength(text);
    codes[tokenId] = code.length > 1 ? LONG_CODE : code.charCodeAt(0);
    if (code.length > 1) longCodes.set(tokenId, code);
    this.#bytes = { texts, places, codes, longCodes, longest: Math.max(longest, texts.length - start) };
  }

  #makeRoom(tokens: number): void {
    const places = new Int32Array(4 * tokens);
    const codes = new Uint8Array(2 * tokens);
    places.set(this.#bytes.places);
    codes.set(this.#bytes.codes);
    this.#bytes = { ...this.#bytes, places, codes };
  }
}
