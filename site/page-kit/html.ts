import type { ByteSink } from './byte-sink.ts';
import type { Template as Texts } from './html-template.ts';
import {
  Attributes,
  bytesOf,
  type DrawingParts,
  type Html,
  type HtmlValue,
  Markup,
  type MarkupVisitor,
  noValues,
} from './markup.ts';
import { empty, templateFrom, templateOf } from './template-pool.ts';

export { bytesOf, type DrawingParts, type Html, type HtmlValue, type MarkupVisitor } from './markup.ts';

/**
 * Markup, also SVG. Between tags a value is escaped as text, and markup stays as it is; in a quoted attribute it is
 * escaped for it; without quotes a value that would end it is refused. Lines are joined as in JSX.
 */
export const html = (strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html =>
  new Markup(templateOf(strings, 'text'), values);

/** Attributes that a tag has at times: `<a${isHere && attr` class=here`}>`. */
export const attr = (strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Attributes =>
  new Attributes(templateOf(strings, 'tag'), values);

/** Makes markup of a template's texts, as the tag of its kind would: from a template that was stored. */
export function tagOf(texts: Texts): (values: readonly HtmlValue[]) => Html {
  const template = templateFrom(texts);
  return (values) => (texts.from === 'tag' ? new Attributes(template, values) : new Markup(template, values));
}

/** Markup that is drawn from a few texts and numbers alone, which take less room than itself. */
export interface DrawingKind<Source> {
  /** What it is called by who stores its parts in its place. */
  readonly name: string;
  readonly partsOf: (source: Source) => DrawingParts;
  readonly draw: (source: Source, sink: ByteSink) => void;
}

class Drawing<Source> extends Markup {
  private readonly kind: DrawingKind<Source>;
  private readonly source: Source;
  constructor(kind: DrawingKind<Source>, source: Source) {
    super(empty, noValues);
    this.kind = kind;
    this.source = source;
  }
  override writeTo(sink: ByteSink): void {
    this.kind.draw(this.source, sink);
  }
  override get isEmpty(): boolean {
    return this.text === '';
  }
  override accept(visitor: MarkupVisitor): void {
    visitor.drawing(this.kind.name, this.kind.partsOf(this.source));
  }
}

/** What is drawn of a source, once its page is written. */
export const drawing = <Source>(kind: DrawingKind<Source>, source: Source): Html => new Drawing(kind, source);

/** Markup that many pages hold, escaped and encoded once. */
class Kept extends Markup {
  private readonly markup: Html;
  private readonly bytes: Uint8Array;
  constructor(markup: Html) {
    super(empty, noValues);
    this.markup = markup;
    this.bytes = bytesOf(markup);
  }
  override writeTo(sink: ByteSink): void {
    sink.add(this.bytes);
  }
  override get isEmpty(): boolean {
    return this.bytes.length === 0;
  }
  override accept(visitor: MarkupVisitor): void {
    this.markup.accept(visitor);
  }
}

/** The same markup, for many pages. */
export const kept = (markup: Html): Html => new Kept(markup);

/** No markup. */
export const nothing: Html = html``;

export const isNothing = (markup: Html): boolean => markup.isEmpty;

/** Pieces with the same between each two. */
export const joined = (pieces: readonly HtmlValue[], between: HtmlValue): Html =>
  html`${pieces.map((piece, i) => (i === 0 ? piece : [between, piece]))}`;
