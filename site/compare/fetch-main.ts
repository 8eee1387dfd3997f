import { fetchFile } from '../fetch/fetch-file.ts';
import { fetchPackIndex, packedPage } from '../pack/packed-page.ts';
import { inWords, kindOf } from './compare-names.ts';

export interface SitePlace {
  /** The address of the site's folder. */
  readonly base: string;
  /** Whether features lie in packs. */
  readonly isPacked: boolean;
}

/** What a page of the site shows. Throws Error in one clear line where there is none. */
export async function fetchMain(name: string, { base, isPacked }: SitePlace): Promise<Element> {
  const [, sae = '', feature] = name.split('/');
  const isInPack = isPacked && kindOf(name) === 'f';
  const html = isInPack
    ? (await packedPage({ base, sae, index: await fetchPackIndex(base, sae) }, Number(feature)))?.body
    : await (await fetchFile(`${base}${kindOf(name) === 's' ? 'saes' : name}.html`)).text();
  if (html === undefined) throw new Error(`there is no ${inWords(name)}`);
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  return body.querySelector('main') ?? body;
}
