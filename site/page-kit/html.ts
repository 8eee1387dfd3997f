import { asItIs, ByteSink, inQuotes, inText } from './byte-sink.ts';
import { type Context, parseTemplate, type Template as Texts } from './html-template.ts';

/** A template's texts as UTF-8, with what each value between them is put into. */
interface Template {
  readonly texts: Texts;
  readonly start: Uint8Array;
  readonly holes: readonly Hole[];
}

interface Hole {
  readonly context: Context;
  /** Whether it takes any text. */
  readonly isText: boolean;
  /** What stands for characters that would end the part. */
  readonly references: typeof inText;
  readonly after: Uint8Array;
}

/** What a drawing is made from: texts, lists of integers, and tokens by their ids. */
export interface DrawingParts {
  readonly texts: readonly string[];
  readonly numbers: readonly ArrayLike<number>[];
  readonly tokens: ArrayLike<number>;
}

/** Who takes markup apart, to store it otherwise than as text. */
export interface MarkupVisitor {
  template(texts: Texts, values: readonly HtmlValue[]): void;
  drawing(name: string, parts: DrawingParts): void;
}

/** Markup as a template and its values, which become text when a page is written: a page is some thousand pieces. */
class Markup {
  // Private, so that no other object has this type.
  private readonly template: Template;
  private readonly values: readonly HtmlValue[];
  constructor(template: Template, values: readonly HtmlValue[]) {
    this.template = template;
    this.values = values;
    const { holes } = template;
    for (let i = 0; i < holes.length; i++) {
      const hole = holes[i];
      if (!(hole.isText && typeof values[i] === 'string')) check(values[i], hole.context);
    }
  }
  writeTo(sink: ByteSink): void {
    const { start, holes } = this.template;
    const { values } = this;
    sink.add(start);
    for (let i = 0; i < holes.length; i++) {
      const { references, after } = holes[i];
      write(values[i], references, sink);
      sink.add(after);
    }
  }
  /** Whether it prints nothing. */
  get isEmpty(): boolean {
    const { start, holes } = this.template;
    return start.length === 0 && holes.every(({ after }, i) => after.length === 0 && isEmpty(this.values[i]));
  }
  get text(): string {
    return withSink(this, (sink) => sink.text);
  }
  /** The texts of its template around the values, as UTF-8: for a drawing that writes what is between them. */
  get textsAround(): readonly Uint8Array[] {
    const { start, holes } = this.template;
    return [start, ...holes.map(({ after }) => after)];
  }
  accept(visitor: MarkupVisitor): void {
    visitor.template(this.template.texts, this.values);
  }
  toString(): never {
    throw new TypeError('markup was put into a string');
  }
}

class Attributes extends Markup {
  readonly isAttributes = true;
}

/** Markup that may be put between tags; made by `html` only. */
export type Html = Markup;

/** What a template takes; nothing, and what is false, print nothing. */
export type HtmlValue = string | number | bigint | Html | Attributes | false | null | undefined | readonly HtmlValue[];

/** Sinks that no markup is being written to; one that is drawn while it is written may need the text of another. */
const sinks: ByteSink[] = [];

/** What is read of a sink that holds the markup alone. */
function withSink<Result>(markup: Html, read: (sink: ByteSink) => Result): Result {
  const sink = sinks.pop() ?? new ByteSink();
  sink.clear();
  markup.writeTo(sink);
  const result = read(sink);
  sinks.push(sink);
  return result;
}

const utf8 = new TextEncoder();

/** Throws TypeError on a value that the context does not take, RangeError on a word that would not be one. */
function check(value: HtmlValue, context: Context): void {
  if (typeof value === 'string') checkText(value, context);
  else if (value instanceof Markup) checkMarkup(value, context);
  else if (typeof value === 'object' && value !== null) for (let i = 0; i < value.length; i++) check(value[i], context);
  else if (!(value === undefined || value === null || value === false || isNumber(value, context)))
    refuse(value, context);
}

const isNumber = (value: HtmlValue, context: Context): boolean =>
  (typeof value === 'number' || typeof value === 'bigint') && context !== 'tag';

function checkText(value: string, context: Context): void {
  if (context === 'tag') refuse(value, context);
  if (context === 'unquoted' && !/^[^\s"'`=<>&]+$/.test(value))
    throw new RangeError(`attribute value ${JSON.stringify(value)} without quotes`);
}

function checkMarkup(value: Markup, context: Context): void {
  if (value instanceof Attributes) {
    if (context === 'tag' || (context === 'unquoted' && value.text.startsWith(' '))) return;
  } else if (context === 'text') return;
  refuse(value, context);
}

function refuse(value: HtmlValue, context: Context): never {
  const text = value instanceof Markup ? value.text : JSON.stringify(String(value));
  throw new TypeError(`${text} cannot be put into a template’s ${context} part`);
}

/** Writes a value that the context takes. */
function write(value: HtmlValue, references: typeof inText, sink: ByteSink): void {
  if (typeof value === 'string') sink.addText(value, references);
  else if (value instanceof Markup) value.writeTo(sink);
  else if (typeof value === 'number' && (value | 0) === value) sink.addInteger(value);
  else if (typeof value === 'number' || typeof value === 'bigint') sink.addText(String(value), asItIs);
  else if (value) for (let i = 0; i < value.length; i++) write(value[i], references, sink);
}

function isEmpty(value: HtmlValue): boolean {
  if (typeof value !== 'object' || value === null)
    return value === undefined || value === null || value === false || value === '';
  return value instanceof Markup ? value.isEmpty : value.every(isEmpty);
}

const references: Readonly<Record<Context, typeof inText>> = {
  text: inText,
  quoted: inQuotes,
  unquoted: asItIs,
  tag: asItIs,
};

/** By a template's strings, which are the same object at every call. */
const templates = new WeakMap<TemplateStringsArray, Template>();

function templateOf(strings: TemplateStringsArray, from: Texts['from']): Template {
  const known = templates.get(strings);
  if (known) return known;
  const template = templateFrom(parseTemplate(strings, from));
  templates.set(strings, template);
  return template;
}

function templateFrom(texts: Texts): Template {
  const holes = texts.holes.map(({ context, after }) => ({
    ...{ context, isText: context === 'text' || context === 'quoted', references: references[context] },
    after: utf8.encode(after),
  }));
  return { texts, start: utf8.encode(texts.start), holes };
}

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

const noValues: readonly HtmlValue[] = [];

/** Markup that is drawn from a few texts and numbers alone, which take less room than itself. */
class Drawing extends Markup {
  private readonly name: string;
  private readonly partsOf: () => DrawingParts;
  private readonly draw: (sink: ByteSink) => void;
  constructor(name: string, partsOf: () => DrawingParts, draw: (sink: ByteSink) => void) {
    super(empty, noValues);
    this.name = name;
    this.partsOf = partsOf;
    this.draw = draw;
  }
  override writeTo(sink: ByteSink): void {
    this.draw(sink);
  }
  override get isEmpty(): boolean {
    return this.text === '';
  }
  override accept(visitor: MarkupVisitor): void {
    visitor.drawing(this.name, this.partsOf());
  }
}

/** What `draw` writes, known by a name to who stores its parts in its place. */
export const drawing = (name: string, partsOf: () => DrawingParts, draw: (sink: ByteSink) => void): Html =>
  new Drawing(name, partsOf, draw);

/** Markup that many pages hold, escaped and encoded once. */
class Kept extends Markup {
  private readonly markup: Html;
  private readonly bytes: Uint8Array;
  constructor(markup: Html) {
    super(empty, noValues);
    this.markup = markup;
    this.bytes = withSink(markup, ({ written }) => written.slice());
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

const empty = templateFrom({ from: 'text', start: '', holes: [] });

/** Markup that many pages are made of, each piece escaped and encoded once and all in one place: what is apart in memory is slow to reach. */
export class MarkupTable {
  #bytes = new Uint8Array(1 << 12);
  /** Where each piece starts, and where the last ends. */
  readonly #starts: number[] = [0];

  /** Adds a piece; returns its place. */
  add(markup: Html): number {
    return withSink(markup, ({ written }) => this.#addBytes(written));
  }

  #addBytes(bytes: Uint8Array): number {
    const start = this.#starts[this.#starts.length - 1];
    const end = start + bytes.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(2 * end);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, start);
    return this.#starts.push(end) - 2;
  }

  /** Writes the piece at a place. */
  write(place: number, sink: ByteSink): void {
    sink.addPart(this.#bytes, this.#starts[place], this.#starts[place + 1]);
  }
}

/** No markup. */
export const nothing: Html = html``;

export const isNothing = (markup: Html): boolean => markup.isEmpty;

/** Pieces with the same between each two. */
export const joined = (pieces: readonly HtmlValue[], between: HtmlValue): Html =>
  html`${pieces.map((piece, i) => (i === 0 ? piece : [between, piece]))}`;
