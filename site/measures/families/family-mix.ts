import type { FamilyMixRow } from '../../../pipeline/measures/families/family-mix.ts';
import { families } from '../../../pipeline/measures/families/maths/family-names.ts';
import { count, percent } from '../../page-kit/format.ts';
import { type Html, html, nothing } from '../../page-kit/html.ts';
import type { Links } from '../../page-kit/links.ts';
import { saeQuery, saeWords } from '../../page-kit/sae-query.ts';
import { familySlug } from './family-definitions.ts';
import { familyPlace } from './family-place.ts';

type Mix = Pick<FamilyMixRow, 'sae' | 'family' | 'features'>;

const WIDTH = 1000;
const HEIGHT = 20;

/** The families of each SAE's live features as a stacked bar, every part a link into the search, with a legend. */
export function familyMixFigure(rows: readonly Mix[], links: Links): Html {
  if (rows.length === 0) return nothing;
  const saes = [...Map.groupBy(rows, ({ sae }) => sae)];
  const bars = saes.map(([sae, own]) => html`<li><span>${sae}</span>${mixBar(sae, own, links)}</li>`);
  return html`
    <figure class=mix>
      <figcaption class=visually-hidden>Live features by layer and family</figcaption>
      <ol class=mixbars>${bars}</ol>
      ${mixLegend(rows, links)}
    </figure>
  `;
}

/** The search for features of a family, in one SAE or in all. */
export function familyLink(links: Links, family: string, sae?: string): string {
  const within = sae === undefined ? '' : `${saeQuery(sae)}&`;
  return `${links.page('features')}?${within}family=${encodeURIComponent(family)}`;
}

/** A family's own page; the search for it where it is none of today's families. */
export function familyPageLink(links: Links, family: string): string {
  const isKnown = families.some((known) => known === family);
  return isKnown ? links.page(`families/${familySlug(family)}`) : familyLink(links, family);
}

function mixBar(sae: string, rows: readonly Mix[], links: Links): Html {
  const all = rows.reduce((sum, { features }) => sum + features, 0);
  let before = 0;
  const parts = inOrder(rows).map(({ family, features }) => {
    const from = Math.round((WIDTH * before) / all);
    before += features;
    const width = Math.round((WIDTH * before) / all) - from;
    const text = `${capital(saeWords(sae))}, ${family}: ${count(features)} (${percent(features / all, 2)})`;
    return html`
      <a href="${familyLink(links, family, sae)}">
        <rect class=f${familyPlace(family)} x=${from} width=${width} height=${HEIGHT}><title>${text}</title></rect>
      </a>
    `;
  });
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio=none>${parts}</svg>`;
}

function mixLegend(rows: readonly Mix[], links: Links): Html {
  const all = rows.reduce((sum, { features }) => sum + features, 0);
  const totals = [...Map.groupBy(rows, ({ family }) => family)].map(([family, own]) => ({
    family,
    features: own.reduce((sum, row) => sum + row.features, 0),
  }));
  const items = inOrder(totals).map(
    ({ family, features }) =>
      html`
        <li>
          <a href="${familyPageLink(links, family)}"><i class=f${familyPlace(family)}></i>${family}</a> <span>
          ${count(features)}, ${percent(features / all, 2)}</span>
        </li>
      `,
  );
  return html`<ul class=mixkey>${items}</ul>`;
}

function inOrder<R extends { readonly family: string }>(rows: readonly R[]): R[] {
  return rows.toSorted((a, b) => familyPlace(a.family) - familyPlace(b.family));
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
