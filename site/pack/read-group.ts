import { type DrawingParts, type HtmlValue, html, tagOf } from '../page-kit/html.ts';
import type { Template } from '../page-kit/html-template.ts';
import { ShownTokens } from '../page-kit/shown-tokens.ts';
import { ColumnReader, MARK } from './columns.ts';
import { drawingOf } from './drawings.ts';
import { cutColumns } from './join-columns.ts';
import { unquoteTokens } from './quoted-tokens.ts';

interface GroupContents {
  /** A group as it was before it was zipped. */
  readonly bytes: Uint8Array;
  readonly templates: readonly Template[];
  /** The site's list of tokens. */
  readonly tokens: readonly string[];
}

export interface PageText {
  readonly title: string;
  readonly description: string;
  readonly body: string;
}

/** The page at a place of a group. Throws Error where there is none. */
export function pageAt(contents: GroupContents, place: number): PageText {
  const group = new GroupReader(contents);
  for (let before = 0; before < place; before++) group.page();
  const { body, ...words } = group.page();
  return { ...words, body: html`${body}`.text };
}

/** Puts pages together again from the columns that they were taken apart into, one after another. */
class GroupReader {
  readonly #columns: Uint8Array[];
  readonly #readers = new Map<string, ColumnReader>();
  readonly #tags: ReturnType<typeof tagOf>[];
  readonly #tokens: ShownTokens;
  readonly #holes: readonly number[];
  readonly #restore: (text: string) => string;

  constructor({ bytes, templates, tokens }: GroupContents) {
    const [first, ...columns] = cutColumns(bytes);
    const own = new ColumnReader(first);
    const all = [...tokens, ...Array.from({ length: own.integer() }, () => own.text())];
    this.#columns = columns;
    this.#restore = (text) => unquoteTokens(text, tokens);
    this.#tags = templates.map(tagOf);
    this.#holes = templates.map(({ holes }) => holes.length);
    this.#tokens = new ShownTokens((place) => all[place]);
  }

  page() {
    const title = this.#column('title').text(this.#restore);
    const description = this.#column('description').text(this.#restore);
    return { title, description, body: this.#value('body') };
  }

  /** A column is known by when it is first needed. */
  #column(name: string): ColumnReader {
    const known = this.#readers.get(name);
    if (known) return known;
    const bytes = this.#columns.at(this.#readers.size);
    if (!bytes) throw new Error(`a group of pages ends before ${name}`);
    const reader = new ColumnReader(bytes);
    this.#readers.set(name, reader);
    return reader;
  }

  #value(name: string): HtmlValue {
    const column = this.#column(name);
    const mark = column.mark();
    if (mark === 0) return column.text(this.#restore) || undefined;
    if (mark === MARK.list) return Array.from({ length: column.integer() }, () => this.#value(name));
    if (mark === MARK.markup) return this.#markup(column.integer());
    const kind = column.text();
    return drawingOf(kind, this.#parts(kind), this.#tokens);
  }

  #markup(place: number): HtmlValue {
    const values = Array.from({ length: this.#holes[place] }, (_, hole) => this.#value(`${place}.${hole}`));
    return this.#tags[place](values);
  }

  #parts(kind: string): DrawingParts {
    const lengths = this.#column(`${kind} lengths`);
    const texts = Array.from({ length: lengths.integer() }, (_, place) => this.#column(`${kind} text ${place}`).text());
    const numbers = Array.from({ length: lengths.integer() }, (_, place) => this.#integers(`${kind} numbers ${place}`));
    const column = this.#column(`${kind} tokens`);
    const count = this.#column(`${kind} tokens lengths`).integer();
    return { texts, numbers, tokens: Array.from({ length: count }, () => column.integer()) };
  }

  #integers(name: string): number[] {
    const column = this.#column(name);
    const length = this.#column(`${name} lengths`).integer();
    const isSigned = length % 2 === 1;
    return Array.from({ length: length >> 1 }, () => {
      const code = column.integer();
      if (!isSigned) return code;
      return code % 2 === 1 ? -(code + 1) / 2 : code / 2;
    });
  }
}
