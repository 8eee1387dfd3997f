import { type Html, html } from '../../../page-kit/html.ts';
import type { PageEnv } from '../../../page-kit/page-env.ts';
import { headName } from './data.ts';

/** A head's name, linked where its layer has an SAE and so a page. */
export function headLink(place: { readonly layer: number; readonly head: number }, env: PageEnv): Html {
  const name = headName(place);
  const sae = env.saeOf(place.layer);
  return sae !== undefined ? html`<a href="${env.links.head(sae, place.head)}">${name}</a>` : html`${name}`;
}
