import { asItIs, ByteSink, inQuotes, inText } from './byte-sink.ts';
import { type Context, parseTemplate, type Template as Texts } from './html-template.ts';

/** A template's texts as UTF-8, with what is done with each value between them. */
interface Template {
  readonly texts: Texts;
  readonly start: Uint8Array;
  readonly holes: readonly Hole[];
}

interface Hole {
  readonly check: (value: HtmlValue) => void;
  readonly write: (value: HtmlValue, sink: ByteSink) => void;
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
    for (let i = 0; i < holes.length; i++) holes[i].check(values[i]);
  }
  writeTo(sink: ByteSink): void {
    const { start, holes } = this.template;
    sink.add(start);
    for (let i = 0; i < holes.length; i++) {
      const { write, after } = holes[i];
      write(this.values[i], sink);
      sink.add(after);
    }
  }
  get text(): string {
    return withSink(this, (sink) => sink.text);
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
const checks: Readonly<Record<Context, (value: HtmlValue) => void>> = {
  text(value) {
    if (typeof value === 'string' || (value instanceof Markup && !(value instanceof Attributes))) return;
    checkOther(value, 'text');
  },
  quoted(value) {
    if (typeof value !== 'string') checkOther(value, 'quoted');
  },
  unquoted(value) {
    if (value instanceof Attributes && value.text.startsWith(' ')) return;
    if (typeof value !== 'string') return checkOther(value, 'unquoted');
    if (!/^[^\s"'`=<>&]+$/.test(value)) throw new RangeError(`attribute value ${JSON.stringify(value)} without quotes`);
  },
  tag(value) {
    if (!(value instanceof Attributes)) checkOther(value, 'tag');
  },
};

function checkOther(value: HtmlValue, context: Context): void {
  if (value === undefined || value === null || value === false) return;
  if ((typeof value === 'number' || typeof value === 'bigint') && context !== 'tag') return;
  if (typeof value !== 'object' || value instanceof Markup) {
    const text = value instanceof Markup ? value.text : JSON.stringify(String(value));
    throw new TypeError(`${text} cannot be put into a template’s ${context} part`);
  }
  const check = checks[context];
  for (let i = 0; i < value.length; i++) check(value[i]);
}

/** Writes a value that the context takes. */
function writerOf(references: typeof inText) {
  return function write(value: HtmlValue, sink: ByteSink): void {
    if (typeof value === 'string') sink.addText(value, references);
    else if (value instanceof Markup) value.writeTo(sink);
    else if (typeof value === 'number' || typeof value === 'bigint') sink.addText(String(value), asItIs);
    else if (value) for (let i = 0; i < value.length; i++) write(value[i], sink);
  };
}

const writers: Readonly<Record<Context, Hole['write']>> = {
  text: writerOf(inText),
  quoted: writerOf(inQuotes),
  unquoted: writerOf(asItIs),
  tag: writerOf(asItIs),
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
    ...{ check: checks[context], write: writers[context] },
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

/** Markup that is drawn from a few texts and numbers alone, which take less room than itself. */
class Drawing extends Markup {
  private readonly name: string;
  private readonly parts: DrawingParts;
  private readonly draw: () => Html;
  constructor(name: string, parts: DrawingParts, draw: () => Html) {
    super(empty, []);
    this.name = name;
    this.parts = parts;
    this.draw = draw;
  }
  override writeTo(sink: ByteSink): void {
    this.draw().writeTo(sink);
  }
  override accept(visitor: MarkupVisitor): void {
    visitor.drawing(this.name, this.parts);
  }
}

/** What `draw` makes of the parts, known by a name to who stores the parts in its place. */
export const drawing = (name: string, parts: DrawingParts, draw: (parts: DrawingParts) => Html): Html =>
  new Drawing(name, parts, () => draw(parts));

/** Pieces of a table, one after another. */
class Sequence extends Markup {
  private readonly table: MarkupTable;
  private readonly places: readonly number[];
  constructor(table: MarkupTable, places: readonly number[]) {
    super(empty, []);
    this.table = table;
    this.places = places;
  }
  override writeTo(sink: ByteSink): void {
    this.table.write(this.places, sink);
  }
  override accept(): never {
    throw new TypeError('pieces of a table are stored by the drawing that they are of');
  }
}

const empty = templateFrom({ from: 'text', start: '', holes: [] });

/** Markup that many pages are made of, each piece escaped and encoded once and all in one place: what is apart in memory is slow to reach. */
export class MarkupTable {
  #bytes = new Uint8Array(1 << 12);
  /** Where each piece starts, and where the last ends. */
  #starts: number[] = [0];

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

  /** The pieces at some places, one after another. */
  sequence(places: readonly number[]): Html {
    return new Sequence(this, places);
  }

  write(places: readonly number[], sink: ByteSink): void {
    const [bytes, starts] = [this.#bytes, this.#starts];
    for (let i = 0; i < places.length; i++) sink.addPart(bytes, starts[places[i]], starts[places[i] + 1]);
  }
}

/** No markup. */
export const nothing: Html = html``;

export const isNothing = (markup: Html): boolean => markup === nothing || markup.text === '';

/** Pieces with the same between each two. */
export const joined = (pieces: readonly HtmlValue[], between: HtmlValue): Html =>
  html`${pieces.map((piece, i) => (i === 0 ? piece : [between, piece]))}`;
