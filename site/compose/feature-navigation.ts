import { type Html, html } from '../page-kit/html.ts';
import type { PageEnv } from '../page-kit/page-env.ts';

interface Place {
  readonly layer: number;
  readonly sae: string;
  readonly feature: number;
}

/** Where the feature is, and links to the one before and the one after. */
export function featureNavigation({ layer, sae, feature }: Place, env: PageEnv): Html {
  const { links } = env;
  const last = (env.dSae.get(sae) ?? 0) - 1;
  const previous =
    feature > 0
      ? html`
    <a rel=prev href="${links.feature(sae, feature - 1)}">← ${feature - 1}</a>
  `
      : '';
  const next = feature < last ? html`<a rel=next href="${links.feature(sae, feature + 1)}">${feature + 1} →</a>` : '';
  const own = sae === String(layer) ? '' : html`<a href="${links.page('features')}?sae=${sae}">SAE ${sae}</a>`;
  return html`
    <nav class=crumbs aria-label="Place">
      <a href="${links.page('features')}">Features</a>
      <a href="${links.page('features')}?layer=${layer}">Layer ${layer}</a>${own}<span class=gap></span>
      <a class=compare href="${links.page('compare')}?a=f/${sae}/${feature}">Compare with…</a>${previous}${next}
    </nav>
  `;
}
