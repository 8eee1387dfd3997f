import type { DrawingParts, HtmlValue, MarkupVisitor } from '../page-kit/html.ts';
import type { Template } from '../page-kit/html-template.ts';
import { ColumnWriter, MARK } from './columns.ts';

/** A page as packs hold it. */
export interface PackedPage {
  readonly title: string;
  readonly description: string;
  readonly body: HtmlValue;
}

/** The templates that pages are made of, in the order in which they first came. */
export class TemplateList {
  readonly #places = new Map<Template, number>();

  placeOf(template: Template): number {
    const known = this.#places.get(template);
    if (known !== undefined) return known;
    const place = this.#places.size;
    this.#places.set(template, place);
    return place;
  }

  get all(): Template[] {
    return [...this.#places.keys()];
  }
}

interface GroupOptions {
  readonly templates: TemplateList;
  /** By token: its place in the site's list of tokens; undefined where the list lacks it. */
  readonly placeOf: (tokenId: number) => number | undefined;
  readonly tokensListed: number;
  readonly token: (tokenId: number) => string;
  /** Shortens a text by the list of tokens. */
  readonly shorten: (text: string) => string;
}

/**
 * Takes pages apart into columns: what a place of a template holds in all pages of a group lies together, as what a strip's
 * tokens are does, its shades, its numbers. A column is known by when it is first needed, which a reader sees too.
 */
export class GroupWriter {
  readonly #columns = new Map<string, ColumnWriter>();
  readonly #own = new Map<number, number>();
  readonly #options: GroupOptions;

  constructor(options: GroupOptions) {
    this.#options = options;
  }

  add({ title, description, body }: PackedPage): void {
    this.#column('title').text(title, this.#options.shorten);
    this.#column('description').text(description, this.#options.shorten);
    this.#value('body', body);
  }

  /** The columns; the first has the tokens that the site's list lacks. */
  get columns(): Uint8Array[] {
    const own = new ColumnWriter();
    own.integer(this.#own.size);
    for (const tokenId of this.#own.keys()) own.text(this.#options.token(tokenId));
    return [own.written, ...[...this.#columns.values()].map(({ written }) => written)];
  }

  #column(name: string): ColumnWriter {
    const known = this.#columns.get(name);
    if (known) return known;
    const column = new ColumnWriter();
    this.#columns.set(name, column);
    return column;
  }

  #value(name: string, value: HtmlValue): void {
    const column = this.#column(name);
    if (value === undefined || value === null || value === false) column.text('');
    else if (typeof value !== 'object') column.text(String(value), this.#options.shorten);
    else if ('accept' in value) value.accept(this.#visitor(column));
    else {
      column.byte(MARK.list);
      column.integer(value.length);
      for (const item of value) this.#value(name, item);
    }
  }

  #visitor(column: ColumnWriter): MarkupVisitor {
    return {
      template: (template, values) => {
        const place = this.#options.templates.placeOf(template);
        column.byte(MARK.markup);
        column.integer(place);
        for (const [hole, value] of values.entries()) this.#value(`${place}.${hole}`, value);
      },
      drawing: (kind, parts) => {
        column.byte(MARK.drawing);
        column.text(kind);
        this.#drawing(kind, parts);
      },
    };
  }

  #drawing(kind: string, { texts, numbers, tokens }: DrawingParts): void {
    const lengths = this.#column(`${kind} lengths`);
    lengths.integer(texts.length);
    for (const [place, text] of texts.entries()) this.#column(`${kind} text ${place}`).text(text);
    lengths.integer(numbers.length);
    for (const [place, list] of numbers.entries()) this.#integers(`${kind} numbers ${place}`, list);
    const column = this.#column(`${kind} tokens`);
    this.#column(`${kind} tokens lengths`).integer(tokens.length);
    for (let i = 0; i < tokens.length; i++) column.integer(this.#placeOf(tokens[i]));
  }

  /** A list of integers; where one is negative, each is doubled and the sign is its last bit. */
  #integers(name: string, list: ArrayLike<number>): void {
    const column = this.#column(name);
    let signed = 0;
    for (let i = 0; i < list.length; i++) if (list[i] < 0) signed = 1;
    this.#column(`${name} lengths`).integer(2 * list.length + signed);
    for (let i = 0; i < list.length; i++) {
      const value = list[i];
      column.integer(signed === 0 ? value : value < 0 ? -2 * value - 1 : 2 * value);
    }
  }

  #placeOf(tokenId: number): number {
    const listed = this.#options.placeOf(tokenId);
    if (listed !== undefined) return listed;
    const own = this.#own.get(tokenId) ?? this.#own.size;
    this.#own.set(tokenId, own);
    return this.#options.tokensListed + own;
  }
}
