import type { ByteSink } from './byte-sink.ts';
import { html } from './html.ts';
import { type Html, type HtmlValue, Markup, type MarkupVisitor, noValues } from './markup.ts';
import { empty, type Hole, pooled, type Template, templateOf } from './template-pool.ts';

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
