import { goTo } from './go-to.ts';
import { onKeys } from './on-keys.ts';

/** The keyboard and the button that every page has: `/` to the search, `g` to a feature or a head. */
export function siteKeys(): void {
  const search = document.querySelector<HTMLAnchorElement>('[data-key="/"]');
  const button = document.querySelector<HTMLElement>('.goto');
  if (!search || !button) return;
  const open = goTo(search.href.replace(/features\.html$/, ''));
  button.hidden = false;
  button.addEventListener('click', open);
  onKeys({ '/': () => search.click(), g: open });
}
