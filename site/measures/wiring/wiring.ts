import type { WiringRow } from '../../../pipeline/measures/wiring/table.ts';
import { titleOf } from '../../page-kit/feature-name.ts';
import { signed } from '../../page-kit/format.ts';
import { type Html, html, nothing } from '../../page-kit/html.ts';
import type { PageEnv } from '../../page-kit/page-env.ts';

/** The upstream features that weights alone connect a feature with most strongly; empty where the run did not look. */
export function wiringSection(rows: readonly WiringRow[] | undefined, env: PageEnv): Html {
  if (!rows || rows.length === 0) return nothing;
  const items = rows.map(({ layer, upstream_sae, upstream_feature, head, value }) => {
    const by = html`<small>${signed(value, 2)} by ${layer}.${head}</small>`;
    const link = env.links.feature(upstream_sae, upstream_feature);
    const says = titleOf(env.nameOf(upstream_sae, upstream_feature));
    return html`<li><a href="${link}"${says}>${upstream_sae}/${upstream_feature} ${by}</a>`;
  });
  return html`
    <section id=wired>
      <h3>Wired to most strongly, by <a href="${env.links.page('methods')}#recursive">weights alone</a></h3>
      <ul class=chips>${items}</ul>
    </section>
  `;
}
