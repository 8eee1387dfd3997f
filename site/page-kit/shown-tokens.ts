import { type Html, html, MarkupTable } from './html.ts';
import { encodeLength } from './strip-codec.ts';
import { tokenLabel, visibleText } from './token-text.ts';

/** The tokens of a vocabulary as markup, each made when it is first asked for: a page shows a thousand and more. */
export class ShownTokens {
  /** Markup of running text, and of what stands between it. */
  readonly pieces = new MarkupTable();
  readonly #textOf: (tokenId: number) => string;
  /** By token: its place among the pieces, and the code of its length. */
  readonly #places: (number | undefined)[] = [];
  readonly #lengths: string[] = [];
  readonly #labels = new Map<number, Html>();

  constructor(textOf: (tokenId: number) => string) {
    this.#textOf = textOf;
  }

  /** The piece that is the token inside running text. */
  running(tokenId: number): number {
    return this.#places[tokenId] ?? this.#make(tokenId);
  }

  /** The length of that text, as strips have it. */
  length(tokenId: number): string {
    if (this.#places[tokenId] === undefined) this.#make(tokenId);
    return this.#lengths[tokenId];
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
    this.#places[tokenId] = place;
    this.#lengths[tokenId] = encodeLength(text);
    return place;
  }
}
