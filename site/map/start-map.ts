import { mount } from 'svelte';
import { createLinks } from '../page-kit/links.ts';
import { loadIndex } from '../search/load.ts';
import FeatureMap from './FeatureMap.svelte';
import { loadMaps } from './load-map.ts';

/** Loads the search's index and the maps, then replaces the page’s message by the map. */
export async function startMap(target: HTMLElement): Promise<void> {
  const links = createLinks(target.dataset.base ?? '/', { isPacked: 'packed' in target.dataset });
  let onNames = () => {};
  try {
    const index = await loadIndex(links.file('search/'), { onCome: () => onNames(), onFault: () => {} });
    const maps = await loadMaps(links.file('map/'), index.manifest);
    target.replaceChildren();
    const listen = (listener: () => void) => {
      onNames = listener;
    };
    mount(FeatureMap, { target, props: { index, maps, links, nHeads: Number(target.dataset.heads), listen } });
  } catch (error) {
    target.textContent = `The map did not load. ${String(error)}`;
  }
}
