import { asItIs, ByteSink, inQuotes, inText } from './byte-sink.ts';
import { type Context, parseTemplate, type Template as Texts } from './html-template.ts';

/** A template's texts, where they are in the pool, and what each value between them is put into. */
interface Template {
  readonly texts: Texts;
  readonly start: Place;
  readonly holes: readonly Hole[];
}

/** Bytes `from` up to, not including, `to`. */
interface Place {
  readonly from: number;
  readonly to: number;
}

/** With the place of the text that follows. */
interface Hole extends Place {
  readonly context: Context;
  /** Whether it takes any text. */
  readonly isText: boolean;
  /** What stands for characters that would end the part. */
  readonly references: typeof inText;
}

/** The texts of all templates as UTF-8, one behind another: what is apart in memory is slow to reach. */
const pool = new ByteSink();
let pooled = pool.view;

function addToPool(text: string): Place {
  const from = pool.end;
  pool.addText(text, asItIs);
  pool.room(8); // a part is copied by words of it
  pooled = pool.view;
  return { from, to: pool.end };
}

const length = ({ from, to }: Place): number => to - from;

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
    sink.addPart(pooled, start.from, start.to);
    for (let i = 0; i < holes.length; i++) {
      const { references, from, to } = holes[i];
      write(values[i], references, sink);
      sink.addPart(pooled, from, to);
    }
  }
  get isAttributes(): boolean {
    return false;
  }
  /** Whether it prints nothing. */
  get isEmpty(): boolean {
    const { start, holes } = this.template;
    return length(start) === 0 && holes.every((hole, i) => length(hole) === 0 && isEmpty(this.values[i]));
  }
  get text(): string {
    return withSink(this, (sink) => sink.text);
  }
  /** The texts of its template around the values, as UTF-8: for a drawing that writes what is between them. */
  get textsAround(): readonly Uint8Array[] {
    const { start, holes } = this.template;
    return [start, ...holes].map(({ from, to }) => new Uint8Array(pooled.buffer.slice(from, to)));
  }
  accept(visitor: MarkupVisitor): void {
    visitor.template(this.template.texts, this.values);
  }
  toString(): never {
    throw new TypeError('markup was put into a string');
  }
}

class Attributes extends Markup {
  override get isAttributes(): boolean {
    return true;
  }
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

/** Throws TypeError on a value that the context does not take, RangeError on a word that would not be one. */
function check(value: HtmlValue, context: Context): void {
  if (typeof value === 'string') checkText(value, context);
  else if (isList(value)) for (let i = 0; i < value.length; i++) check(value[i], context);
  else if (typeof value === 'object' && value !== null) checkMarkup(value, context);
  else if (!(value === undefined || value === null || value === false || isNumber(value, context)))
    refuse(value, context);
}

/** Asked before whether a value is markup, since that takes longer to tell. */
const isList = (value: HtmlValue): value is readonly HtmlValue[] => Array.isArray(value);

const isNumber = (value: HtmlValue, context: Context): boolean =>
  (typeof value === 'number' || typeof value === 'bigint') && context !== 'tag';

function checkText(value: string, context: Context): void {
  if (context === 'tag') refuse(value, context);
  if (context === 'unquoted' && !/^[^\s"'`=<>&]+$/.test(value))
    throw new RangeError(`attribute value ${JSON.stringify(value)} without quotes`);
}

function checkMarkup(value: Markup, context: Context): void {
  if (!value.isAttributes) {
    if (context === 'text') return;
  } else if (context === 'tag' || (context === 'unquoted' && value.text.startsWith(' '))) return;
  refuse(value, context);
}

function refuse(value: HtmlValue, context: Context): never {
  const text = value instanceof Markup ? value.text : JSON.stringify(String(value));
  throw new TypeError(`${text} cannot be put into a template’s ${context} part`);
}

/** Writes a value that the context takes. */
function write(value: HtmlValue, references: typeof inText, sink: ByteSink): void {
  if (typeof value === 'string') sink.addText(value, references);
  else if (isList(value)) for (let i = 0; i < value.length; i++) write(value[i], references, sink);
  else if (typeof value === 'object' && value !== null) value.writeTo(sink);
  else if (typeof value === 'number' && (value | 0) === value) sink.addInteger(value);
  else if (typeof value === 'number' || typeof value === 'bigint') sink.addText(String(value), asItIs);
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
  const start = addToPool(texts.start);
  const holes = texts.holes.map(({ context, after }) => ({
    ...{ context, isText: context === 'text' || context === 'quoted', references: references[context] },
    ...addToPool(after),
  }));
  return { texts, start, holes };
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

/** What fills a hole of a pattern: a value of each item, and how it is written, to the bytes that the value has. */
export interface Filling<Item, Scope> {
  value(item: Item, scope: Scope): HtmlValue;
  write(item: Item, scope: Scope, sink: ByteSink, hole: Pick<Hole, 'context' | 'references'>): void;
}

/** Items alike, written one after another without pieces of markup in between. */
class Rows<Item, Scope> extends Markup {
  private readonly pattern: Template;
  private readonly fillings: readonly Filling<Item, Scope>[];
  private readonly items: readonly Item[];
  private readonly scope: Scope;
  constructor(pattern: Template, fillings: readonly Filling<Item, Scope>[], items: readonly Item[], scope: Scope) {
    super(empty, noValues);
    this.pattern = pattern;
    this.fillings = fillings;
    this.items = items;
    this.scope = scope;
  }
  override writeTo(sink: ByteSink): void {
    const { fillings, items, scope } = this;
    const { start, holes } = this.pattern;
    for (let row = 0; row < items.length; row++) {
      const item = items[row];
      sink.addPart(pooled, start.from, start.to);
      for (let i = 0; i < holes.length; i++) {
        const hole = holes[i];
        fillings[i].write(item, scope, sink, hole);
        sink.addPart(pooled, hole.from, hole.to);
      }
    }
  }
  override get isEmpty(): boolean {
    return this.text === '';
  }
  override accept(visitor: MarkupVisitor): void {
    const { pattern, fillings, items, scope } = this;
    const valuesOf = (item: Item) => fillings.map((filling) => filling.value(item, scope));
    html`${items.map((item) => new Markup(pattern, valuesOf(item)))}`.accept(visitor);
  }
}

/** A template of many items alike, whose holes say what of an item fills them: `pattern<Item, Scope>`<li>${part(…)}`. */
export function pattern<Item, Scope>(
  strings: TemplateStringsArray,
  ...fillings: readonly Filling<Item, Scope>[]
): (items: readonly Item[], scope: Scope) => Html {
  const template = templateOf(strings, 'text');
  return (items, scope) => new Rows(template, fillings, items, scope);
}

/** Writes a value into a hole. Throws as a template does where the hole does not take it. */
export function fill(
  value: HtmlValue,
  { context, references }: Pick<Hole, 'context' | 'references'>,
  sink: ByteSink,
): void {
  check(value, context);
  write(value, references, sink);
}

const empty = templateFrom({ from: 'text', start: '', holes: [] });

/** Markup as UTF-8. */
export const bytesOf = (markup: Html): Uint8Array => withSink(markup, ({ written }) => written.slice());

/** No markup. */
export const nothing: Html = html``;

export const isNothing = (markup: Html): boolean => markup.isEmpty;

/** Pieces with the same between each two. */
export const joined = (pieces: readonly HtmlValue[], between: HtmlValue): Html =>
  html`${pieces.map((piece, i) => (i === 0 ? piece : [between, piece]))}`;
