import type { ByteSink } from './byte-sink.ts';
import { addPercent, addSigned, addSignificant, percent, signed, significant } from './format.ts';
import type { HtmlValue } from './html.ts';
import { fill } from './markup.ts';
import type { Filling } from './pattern.ts';
import type { ShownTokens } from './shown-tokens.ts';

/** What a filling takes of an item. */
type Of<Item, Scope, Value> = (item: Item, scope: Scope) => Value;

/** Text or markup. */
export const part = <Item, Scope>(of: Of<Item, Scope, HtmlValue>): Filling<Item, Scope> => ({
  value: of,
  write: (item, scope, sink, hole) => fill(of(item, scope), hole, sink),
});

/** An integer of up to 31 bits. */
export const integer = <Item, Scope>(of: Of<Item, Scope, number>): Filling<Item, Scope> => ({
  value: of,
  write: (item, scope, sink) => sink.addInteger(of(item, scope)),
});

/** A number that is printed in the same way as text and as bytes. */
const printed =
  (print: (value: number, digits: 2 | 3) => string, add: (value: number, digits: 2 | 3, sink: ByteSink) => void) =>
  <Item, Scope>(of: Of<Item, Scope, number>, digits: 2 | 3 = 3): Filling<Item, Scope> => ({
    value: (item, scope) => print(of(item, scope), digits),
    write: (item, scope, sink) => add(of(item, scope), digits, sink),
  });

export const digits = printed(significant, addSignificant);
export const signedDigits = printed(signed, addSigned);
export const percentage = printed(percent, addPercent);

/** A token on its own, by its id, as code. */
export const tokenCode = <Item, Scope extends { readonly tokens: ShownTokens }>(
  of: Of<Item, Scope, number>,
): Filling<Item, Scope> => ({
  value: (item, scope) => scope.tokens.label(of(item, scope)),
  write: (item, scope, sink) => scope.tokens.writeLabel(of(item, scope), sink),
});
