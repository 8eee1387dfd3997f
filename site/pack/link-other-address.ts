import { otherAddress } from './other-address.ts';

/** Shows `target`, a line with a link, where what was asked for is elsewhere on the site: of links from before it was packed. */
export function linkOtherAddress(target: HTMLElement, { pathname, search }: Location): void {
  const { base = '/' } = target.dataset;
  const link = target.querySelector('a');
  if (!link || !pathname.startsWith(base)) return;
  const address = otherAddress(pathname.slice(base.length) + search, { isPacked: 'packed' in target.dataset });
  if (address === undefined) return;
  link.href = base + address;
  target.hidden = false;
}
