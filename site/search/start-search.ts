import { mount } from 'svelte';
import { createLinks } from '../page-kit/links.ts';
import { loadIndex } from './load.ts';
import Search from './Search.svelte';

/** Loads the index, then replaces the page’s loading message by the search. */
export async function startSearch(target: HTMLElement): Promise<void> {
  const links = createLinks(target.dataset.base ?? '/', { isPacked: 'packed' in target.dataset });
  try {
    const index = await loadIndex(links.file('search/'));
    target.replaceChildren();
    mount(Search, {
      target,
      props: { index, links, nHeads: Number(target.dataset.heads), hasMap: 'map' in target.dataset },
    });
    if (location.hash === `#${target.id}`) target.querySelector('input')?.focus();
  } catch (error) {
    target.textContent = `The search index did not load. ${String(error)}`;
  }
}
