import { type Html, html } from './html.ts';

/** Names and values, already fit to be shown; names are escaped here. */
export function statList(items: readonly (readonly [name: string, value: string])[]): Html {
  const rows = items.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`);
  return html`<dl class=stats>${rows}</dl>`;
}
