import { ByteSink, inText } from './byte-sink.ts';
import { bytesOf, type Html, html, kept } from './html.ts';
import { ShortPieces } from './short-pieces.ts';
import { encodeLength } from './strip-codec.ts';
import { tokenLabel, visibleText } from './token-text.ts';

const FIRST_SIZE = 1 << 12;

/** Tokens as strips have them, side by side, since what is apart in memory is slow to reach. */
export interface TokenBytes {
  /** By token: its text as it stands inside running text. */
  readonly texts: ShortPieces;
  /** By token: the code of its text's length, or LONG of one whose text or code is longer than there is room for here. */
  readonly codes: Uint8Array;
  readonly long: LongTokens;
}

interface LongToken {
  readonly text: Uint8Array;
  readonly code: Uint8Array;
}

class LongTokens {
  readonly #tokens = new Map<number, LongToken>();
  /** Bytes of the longest text and the longest code. */
  longest = { text: TOKEN_SLOT, code: 1 };

  of(tokenId: number): LongToken {
    return this.#tokens.get(tokenId) ?? none;
  }

  set(tokenId: number, token: LongToken): void {
    this.#tokens.set(tokenId, token);
    const { text, code } = this.longest;
    this.longest = { text: Math.max(text, token.text.length), code: Math.max(code, token.code.length) };
  }
}

const utf8 = new TextEncoder();
const TOKEN_SLOT = 16;
const none: LongToken = { text: new Uint8Array(), code: new Uint8Array() };
const UNMADE = 0;
export const LONG = 1;

const codeTags = new ShortPieces(2, 8);
for (const [i, tag] of html`<code>${''}</code>`.textsAround.entries()) codeTags.set(i, tag);

/** The tokens of a vocabulary as markup, each made when it is first asked for: a page shows a thousand and more. */
export class ShownTokens {
  readonly #textOf: (tokenId: number) => string;
  readonly #labels = new Map<number, Html>();
  readonly #shortLabels = new ShortPieces(FIRST_SIZE, TOKEN_SLOT);
  readonly #made = new ByteSink();
  #bytes: TokenBytes = {
    texts: new ShortPieces(FIRST_SIZE, TOKEN_SLOT),
    codes: new Uint8Array(FIRST_SIZE),
    long: new LongTokens(),
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

  /** Writes the token on its own. */
  writeLabel(tokenId: number, sink: ByteSink): void {
    if (!(tokenId < this.#shortLabels.length)) this.#shortLabels.grow(2 * (tokenId + 1));
    if (this.#shortLabels.has(tokenId)) {
      sink.addShort(codeTags, 0);
      sink.addShort(this.#shortLabels, tokenId);
      sink.addShort(codeTags, 1);
    } else this.#writeLong(tokenId, sink);
  }

  /** Writes one that is long, or has not been written before. */
  #writeLong(tokenId: number, sink: ByteSink): void {
    this.label(tokenId).writeTo(sink);
    const text = bytesOf(html`${tokenLabel(this.#textOf(tokenId))}`);
    if (this.#shortLabels.fits(text)) this.#shortLabels.set(tokenId, text);
  }

  #makeAll(tokenIds: ArrayLike<number>, from: number, to: number): TokenBytes {
    for (let i = from; i < to; i++) if (!(this.#bytes.codes[tokenIds[i]] > UNMADE)) this.#make(tokenIds[i]);
    return this.#bytes;
  }

  #make(tokenId: number): void {
    if (tokenId >= this.#bytes.codes.length) this.#makeRoom(2 * (tokenId + 1));
    const { texts, codes, long } = this.#bytes;
    const shown = visibleText(this.#textOf(tokenId));
    this.#made.clear();
    this.#made.addText(shown, inText);
    const text = this.#made.written;
    const code = utf8.encode(encodeLength(shown));
    const isShort = texts.fits(text) && code.length === 1;
    codes[tokenId] = isShort ? code[0] : LONG;
    if (isShort) texts.set(tokenId, text);
    else long.set(tokenId, { text: text.slice(), code });
  }

  #makeRoom(tokens: number): void {
    const codes = new Uint8Array(tokens);
    codes.set(this.#bytes.codes);
    this.#bytes.texts.grow(tokens);
    this.#bytes = { ...this.#bytes, codes };
  }
}
