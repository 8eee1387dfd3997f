import { isPacked } from '../pack/is-packed.ts';
import { createLinks, type Links } from '../page-kit/links.ts';

/** The links of this build; its base path comes from Astro's config, since BASE_URL may be anyone's variable. */
export function siteLinks(): Links {
  return createLinks(process.env.ATLAS_BASE ?? '/', { host: process.env.ATLAS_URL, isPacked: isPacked() });
}
