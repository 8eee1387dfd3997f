import { expect, test } from 'vitest';
import { digits, integer, part, percentage, signedDigits, tokenCode } from '../../../site/page-kit/fillings.ts';
import { percent, signed, significant } from '../../../site/page-kit/format.ts';
import { type HtmlValue, html, isNothing, tagOf } from '../../../site/page-kit/html.ts';
import type { Template } from '../../../site/page-kit/html-template.ts';
import { pattern } from '../../../site/page-kit/pattern.ts';
import { ShownTokens } from '../../../site/page-kit/shown-tokens.ts';

interface Item {
  readonly text: string;
  readonly value: number;
  readonly id: number;
}

const vocabulary = [' the', '<b>', 'x'.repeat(40), '"'];
const scope = { tokens: new ShownTokens((id) => vocabulary[id] ?? ''), unit: 2 };
const items: readonly Item[] = [
  { text: '<i>"', value: 0.25, id: 0 },
  { text: '', value: -1e-9, id: 3 },
  { text: 'é', value: 0.00042, id: 1 },
  { text: 'a', value: 0, id: 2 },
  { text: 'a', value: 0.125, id: 0 },
];

const rows = pattern<Item, typeof scope>`
  <li class=w${integer(({ id }) => id)} title="${part(({ text }) => text)}">
    ${part(({ text }) => html`<em>${text}</em>`)} ${digits(({ value }, { unit }) => unit * value)}
    ${signedDigits(({ value }) => value, 2)}${percentage(({ value }) => value)}${tokenCode(({ id }) => id)}
`;

/** The same, piece by piece. */
const rowOf = ({ text, value, id }: Item) => html`
  <li class=w${id} title="${text}">
    ${html`<em>${text}</em>`} ${significant(scope.unit * value)}
    ${signed(value, 2)}${percent(value)}${scope.tokens.label(id)}
`;

test('items are written by a pattern as a template of each would be, whatever was written before', () => {
  const expected = html`<ul>${items.map(rowOf)}</ul>`.text;
  for (let time = 0; time < 2; time++) expect(html`<ul>${rows(items, scope)}</ul>`.text).toBe(expected);
});

test('a pattern without items prints nothing', () => {
  expect(isNothing(rows([], scope))).toBe(true);
  expect(isNothing(rows(items, scope))).toBe(false);
});

test('who takes markup apart sees a template and the values of each item', () => {
  const rebuilt = (value: HtmlValue): HtmlValue => {
    if (Array.isArray(value)) return value.map(rebuilt);
    if (typeof value !== 'object' || value === null || !('accept' in value)) return value;
    let made: HtmlValue;
    value.accept({
      template(texts: Template, values) {
        made = tagOf(texts)(values.map(rebuilt));
      },
      drawing: () => undefined,
    });
    return made;
  };
  expect(html`${rebuilt(rows(items, scope))}`.text).toBe(rows(items, scope).text);
});

test('a hole of a pattern takes what a template’s takes', () => {
  const unquoted = pattern<string, undefined>`<i class=${part((text) => text)}>`;
  expect(unquoted(['a'], undefined).text).toBe('<i class=a>');
  expect(() => unquoted(['a b'], undefined).text).toThrow(RangeError);
});
