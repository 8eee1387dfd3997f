import { goTo } from './go-to.ts';
import { onKeys } from './on-keys.ts';

/** The keyboard and the button that every page has: `/` into the search's words, `g` to a feature or a head. */
export function siteKeys(): void {
  const search = document.querySelector<HTMLAnchorElement>('[data-key="/"]');
  const button = document.querySelector<HTMLElement>('.goto');
  if (!search || !button) return;
  const { feature = '', head = '' } = button.dataset;
  const open = goTo(search.href.replace(/features\.html$/, ''), examplesText(feature, head));
  button.hidden = false;
  button.addEventListener('click', open);
  onKeys({ '/': () => toSearch(search.href), g: open });
}

/** What may be typed, by a feature and a head of the run. */
const examplesText = (feature: string, head: string): string =>
  `a feature as ${feature}, or ${feature.split('/').at(-1)} in this SAE; a head as ${head}`;

/** Into the field for words, where the page has one; else the page of the search opens with the cursor in it. */
function toSearch(href: string): void {
  const words = document.querySelector<HTMLInputElement>('input[name=words]');
  if (words) words.select();
  else location.assign(`${href}#search`);
}
