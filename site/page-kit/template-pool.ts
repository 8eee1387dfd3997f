import { asItIs, ByteSink, inQuotes, inText } from './byte-sink.ts';
import { type Context, parseTemplate, type Template as Texts } from './html-template.ts';

/** A template's texts, where they are in the pool, and what each value between them is put into. */
export interface Template {
  readonly texts: Texts;
  readonly start: Place;
  readonly holes: readonly Hole[];
}

/** Bytes `from` up to, not including, `to`. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/** With the place of the text that follows. */
export interface Hole extends Place {
  readonly context: Context;
  /** Whether it takes any text. */
  readonly isText: boolean;
  /** What stands for characters that would end the part. */
  readonly references: typeof inText;
}

/** The texts of all templates as UTF-8, one behind another: what is apart in memory is slow to reach. */
const pool = new ByteSink();
/** Its bytes, until it grows. */
export let pooled = pool.view;

function addToPool(text: string): Place {
  const from = pool.end;
  pool.addText(text, asItIs);
  pool.room(8); // a part is copied by words of it
  pooled = pool.view;
  return { from, to: pool.end };
}

const references: Readonly<Record<Context, typeof inText>> = {
  text: inText,
  quoted: inQuotes,
  unquoted: asItIs,
  tag: asItIs,
};

/** By a template's strings, which are the same object at every call. */
const templates = new WeakMap<TemplateStringsArray, Template>();

export function templateOf(strings: TemplateStringsArray, from: Texts['from']): Template {
  const known = templates.get(strings);
  if (known) return known;
  const template = templateFrom(parseTemplate(strings, from));
  templates.set(strings, template);
  return template;
}

/** A template from its texts, which go to the pool. */
export function templateFrom(texts: Texts): Template {
  const start = addToPool(texts.start);
  const holes = texts.holes.map(({ context, after }) => ({
    ...{ context, isText: context === 'text' || context === 'quoted', references: references[context] },
    ...addToPool(after),
  }));
  return { texts, start, holes };
}

/** Prints nothing. */
export const empty = templateFrom({ from: 'text', start: '', holes: [] });
