import { escapeText } from './escape.ts';

/** Names and values, already fit to be shown; names are escaped here. */
export function statList(items: readonly (readonly [name: string, value: string])[]): string {
  const rows = items.map(([name, value]) => `<div><dt>${escapeText(name)}</dt><dd>${value}</dd></div>`);
  return `<dl class=stats>${rows.join('')}</dl>`;
}
