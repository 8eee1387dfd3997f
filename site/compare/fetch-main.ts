import { fetchPackIndex, packedPage } from '../pack/packed-page.ts';
import { inWords, isOfOther, kindOf, ownName } from './compare-names.ts';

export interface SitePlace {
  /** The address of the site's folder. */
  readonly base: string;
  /** Whether features lie in packs. */
  readonly isPacked: boolean;
  /** The address of the folder of the other run's site, where it is on this host. */
  readonly other?: string | undefined;
}

/** The site that has what is named. Throws Error where it is not known. */
export function placeOf(name: string, place: SitePlace): SitePlace {
  if (!isOfOther(name)) return place;
  if (place.other === undefined) throw new Error('the site of the other run is not on this host');
  return { base: place.other, isPacked: false };
}

/** A page's HTML; undefined where there is no such page. */
async function pageText(url: string): Promise<string | undefined> {
  const response = await fetch(url);
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`${url} did not load: ${response.status}`);
  return response.text();
}

/** What a page of the site shows. Throws Error in one clear line where there is none. */
export async function fetchMain(wanted: string, place: SitePlace): Promise<Element> {
  const { base, isPacked } = placeOf(wanted, place);
  const name = ownName(wanted);
  const [, sae = '', feature] = name.split('/');
  const isInPack = isPacked && kindOf(name) === 'f';
  const html = isInPack
    ? (await packedPage({ base, sae, index: await fetchPackIndex(base, sae) }, Number(feature)))?.body
    : await pageText(`${base}${kindOf(name) === 's' ? 'saes' : name}.html`);
  if (html === undefined) throw new Error(`there is no ${inWords(wanted)}`);
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  return body.querySelector('main') ?? body;
}
