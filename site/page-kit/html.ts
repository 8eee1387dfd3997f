import { escapeHtml, escapeText } from './escape.ts';
import { type Context, parseTemplate, type Template } from './html-template.ts';

class Markup {
  // Private, so that no other object has this type.
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  get text(): string {
    return this.#text;
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

type Writer = (value: HtmlValue) => string;

const writers: Readonly<Record<Context, Writer>> = {
  text: (value) => {
    if (typeof value === 'string') return escapeText(value);
    return value instanceof Markup && !(value instanceof Attributes) ? value.text : other(value, 'text');
  },
  quoted: (value) => (typeof value === 'string' ? escapeHtml(value) : other(value, 'quoted')),
  unquoted: (value) => {
    if (value instanceof Attributes && value.text.startsWith(' ')) return value.text;
    if (typeof value !== 'string') return other(value, 'unquoted');
    if (!/^[^\s"'`=<>&]+$/.test(value)) throw new RangeError(`attribute value ${JSON.stringify(value)} without quotes`);
    return value;
  },
  tag: (value) => (value instanceof Attributes ? value.text : other(value, 'tag')),
};

function other(value: HtmlValue, context: Context): string {
  if (value === undefined || value === null || value === false) return '';
  if ((typeof value === 'number' || typeof value === 'bigint') && context !== 'tag') return String(value);
  if (typeof value !== 'object' || value instanceof Markup) {
    const text = value instanceof Markup ? value.text : JSON.stringify(String(value));
    throw new TypeError(`${text} cannot be put into a template’s ${context} part`);
  }
  let text = '';
  for (const each of value) text += writers[context](each);
  return text;
}

/** By a template's strings, which are the same object at every call. */
const templates = new WeakMap<TemplateStringsArray, Template>();

function templateOf(strings: TemplateStringsArray, from: 'text' | 'tag'): Template {
  const known = templates.get(strings);
  if (known) return known;
  const template = parseTemplate(strings, from);
  templates.set(strings, template);
  return template;
}

function fill({ start, holes }: Template, values: readonly HtmlValue[]): string {
  let text = start;
  for (let i = 0; i < holes.length; i++) {
    const hole = holes[i];
    if (hole) text += writers[hole.context](values[i]) + hole.after;
  }
  return text;
}

/**
 * Markup, also SVG. Between tags a value is escaped as text, and markup stays as it is; in a quoted attribute it is
 * escaped for it; without quotes a value that would end it is refused. Lines are joined as in JSX.
 */
export const html = (strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html =>
  new Markup(fill(templateOf(strings, 'text'), values));

/** Attributes that a tag has at times: `<a${isHere && attr` class=here`}>`. */
export const attr = (strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Attributes =>
  new Attributes(fill(templateOf(strings, 'tag'), values));

/** No markup. */
export const nothing: Html = html``;

export const isNothing = ({ text }: Html): boolean => text === '';

/** Pieces with the same between each two. */
export const joined = (pieces: readonly HtmlValue[], between: HtmlValue): Html =>
  html`${pieces.map((piece, i) => (i === 0 ? piece : [between, piece]))}`;
