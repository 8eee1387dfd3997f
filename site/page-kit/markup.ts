import { asItIs, ByteSink, type inText } from './byte-sink.ts';
import type { Context, Template as Texts } from './html-template.ts';
import { type Hole, type Place, pooled, type Template } from './template-pool.ts';

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

const length = ({ from, to }: Place): number => to - from;

/** Markup as a template and its values, which become text when a page is written: a page is some thousand pieces. */
export class Markup {
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

export class Attributes extends Markup {
  override get isAttributes(): boolean {
    return true;
  }
}

/** Markup that may be put between tags; made by `html` only. */
export type Html = Markup;

/** What a template takes; nothing, and what is false, print nothing. */
export type HtmlValue = string | number | bigint | Html | Attributes | false | null | undefined | readonly HtmlValue[];

export const noValues: readonly HtmlValue[] = [];

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

/** Writes a value into a hole. Throws as a template does where the hole does not take it. */
export function fill(
  value: HtmlValue,
  { context, references }: Pick<Hole, 'context' | 'references'>,
  sink: ByteSink,
): void {
  check(value, context);
  write(value, references, sink);
}

/** Markup as UTF-8. */
export const bytesOf = (markup: Html): Uint8Array => withSink(markup, ({ written }) => written.slice());
