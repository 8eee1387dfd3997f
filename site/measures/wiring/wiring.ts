import type { WiringRow } from '../../../pipeline/measures/wiring/table.ts';
import { signed } from '../../page-kit/format.ts';
import type { PageEnv } from '../../page-kit/page-env.ts';

/** The upstream features that weights alone connect a feature with most strongly; empty where the run did not look. */
export function wiringSection(rows: readonly WiringRow[] | undefined, env: PageEnv): string {
  if (!rows || rows.length === 0) return '';
  const items = rows.map(
    ({ layer, upstream_layer, upstream_feature, head, value }) =>
      `<li><a href="${env.links.feature(upstream_layer, upstream_feature)}">${upstream_layer}/${upstream_feature} ` +
      `<small>${signed(value, 2)} by ${layer}.${head}</small></a>`,
  );
  return (
    `<section id=wired><h3>Wired to most strongly, by <a href="${env.links.page('methods')}#recursive">weights alone</a></h3>` +
    `<ul class=chips>${items.join('')}</ul></section>`
  );
}
