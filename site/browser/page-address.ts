import { type DetailsPlace, detailsKeys } from './details-keys.ts';
import { sectionKey, slug } from './section-key.ts';

/** What of a page's toggles the address holds: names to short values; a name without one is at its default. */
export interface PageAddress {
  get(name: string): string;
  /** '' takes the name out. */
  set(name: string, value: string): void;
}

/** Keeps the state of a page's toggles in its address, without a step of the history for each. */
export function pageAddress(): PageAddress {
  return {
    get: (name) => new URLSearchParams(location.search).get(name) ?? '',
    set(name, value) {
      const url = new URL(location.href);
      if (value === '') url.searchParams.delete(name);
      else url.searchParams.set(name, value);
      history.replaceState(null, '', url);
    },
  };
}

/** Opens the details that the address names, and keeps it up to date; a key that the page has not opens nothing. */
export function openDetails(root: HTMLElement, address: PageAddress): void {
  const all = [...root.querySelectorAll('details')];
  const keys = detailsKeys(all.map(placeOf));
  const named = new Set(address.get('open').split('.'));
  for (const [i, details] of all.entries()) {
    if (named.has(keys[i])) details.open = true;
    details.addEventListener('toggle', () => {
      address.set('open', all.flatMap(({ open }, j) => (open ? [keys[j]] : [])).join('.'));
    });
  }
}

function placeOf(details: HTMLDetailsElement): DetailsPlace {
  const section = details.closest('section');
  const name = slug(details.dataset.file ?? details.id);
  return { name, section: section ? sectionKey(section) : '', kind: slug(details.className) };
}

/** Sets a checkbox as the address has it, and the address as the checkbox is. */
export function keepChecked(box: HTMLInputElement, name: string, address: PageAddress): void {
  const standard = box.defaultChecked;
  if (address.get(name) === (standard ? 'no' : 'yes')) box.checked = !standard;
  box.addEventListener('change', () => address.set(name, box.checked === standard ? '' : standard ? 'no' : 'yes'));
}
