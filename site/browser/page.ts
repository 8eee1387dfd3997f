import { compareLinks } from './compare-links.ts';
import { figureTables } from './figure-tables.ts';
import { drawHeadRows } from './head-rows.ts';
import { readKeys } from './keys.ts';
import { lineSwitch } from './line-switch.ts';
import { keepChecked, openDetails, pageAddress } from './page-address.ts';
import { readHistogram } from './read-histogram.ts';
import { readStrips } from './read-strips.ts';
import { sectionLinks } from './section-links.ts';
import { shadeSwitch } from './shade-switch.ts';
import { createTip } from './tip.ts';

/** Everything that moves on a feature's or a head's page. */
export function startPage(root: HTMLElement): void {
  const tip = createTip();
  const layer = root.querySelector<HTMLElement>('[data-layer]')?.dataset.layer;
  if (layer !== undefined) drawHeadRows(root, layer, tip);
  const address = pageAddress();
  readStrips(root, tip, shadeSwitch(root, address));
  lineSwitch(root, address);
  figureTables(root);
  openDetails(root, address);
  const log = root.querySelector<HTMLInputElement>('.hist input');
  if (log) keepChecked(log, 'log', address);
  sectionLinks(root);
  compareLinks(root);
  readKeys(root);
  void import('./embed.ts').then(({ startEmbed }) => startEmbed(root)); // in a file of its own: few readers embed
  for (const svg of root.querySelectorAll<SVGElement>('.hist svg')) readHistogram(svg, tip);
}
