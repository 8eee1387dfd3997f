import { startPage } from '../browser/page.ts';
import { count } from '../page-kit/format.ts';
import { fetchPackIndex, packedPage } from './packed-page.ts';
import type { PageText } from './read-group.ts';

/** Draws the feature that the address names (`f/5.html?123`) in place of what the page says without it. */
export async function openPage(main: HTMLElement, note: HTMLElement): Promise<void> {
  const { base = '/', sae = '' } = note.dataset;
  try {
    const index = await fetchPackIndex(base, sae);
    const page = await packedPage({ base, sae, index }, featureOf(location.search));
    if (!page) {
      note.textContent = `SAE ${sae} has the features 0 to ${count(index.features - 1)}; the address names none of them.`;
      return;
    }
    draw(main, page);
  } catch (error) {
    note.textContent = `The page did not load. ${String(error)}`;
  }
}

/** `?123`, alone or before other parameters. */
export function featureOf(search: string): number {
  const [, digits] = /^\?(\d+)(?:&|$)/.exec(search) ?? [];
  return digits === undefined ? Number.NaN : Number(digits);
}

function draw(main: HTMLElement, { title, description, body }: PageText): void {
  document.title = title;
  document.querySelector('meta[name="description"]')?.setAttribute('content', description);
  main.innerHTML = body;
  startPage(main);
  if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
}
