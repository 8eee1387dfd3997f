import { type Html, html, MarkupTable } from './html.ts';
import { encodeLength } from './strip-codec.ts';
import { tokenLabel, visibleText } from './token-text.ts';

/** The tokens of a vocabulary as markup, each made when it is first asked for: a page shows a thousand and more. */
export class ShownTokens {
  /** Markup of running text, and of what stands between it. */
  readonly pieces = new MarkupTable();
  readonly #textOf: (tokenId: number) => string;
  /** By token: its place among the pieces and one, 0 where it was not made yet. */
  #places = new Int32Array(1 << 12);
  /** By place: the code of its length. */
  readonly #lengths: string[] = [];
  readonly #labels = new Map<number, Html>();

  constructor(textOf: (tokenId: number) => string) {
    this.#textOf = textOf;
  }

  /** The place of the piece that is the token inside running text. */
  running(tokenId: number): number {
    const place = tokenId < this.#places.length ? this.#places[tokenId] : 0;
    return place > 0 ? place - 1 : this.#make(tokenId);
  }

  /** The length of the text of a token's piece, as strips have it. */
  length(place: number): string {
    return this.#lengths[place];
  }

  /** The token on its own. */
  label(tokenId: number): Html {
    const known = this.#labels.get(tokenId);
    if (known) return known;
    const label = html`<code>${tokenLabel(this.#textOf(tokenId))}</code>`;
    this.#labels.set(tokenId, label);
    return label;
  }

  #make(tokenId: number): number {
    const text = visibleText(this.#textOf(tokenId));
    const place = this.pieces.add(html`${text}`);
    while (this.#lengths.length < place) this.#lengths.push(''); // pieces that are no tokens
    this.#lengths.push(encodeLength(text));
    if (tokenId >= this.#places.length) {
      const larger = new Int32Array(2 * (tokenId + 1));
      larger.set(this.#places);
      this.#places = larger;
    }
    this.#places[tokenId] = place + 1;
    return place;
  }
}
