import type { FamilyMixRow } from '../../../pipeline/measures/families/family-mix.ts';
import { families } from '../../../pipeline/measures/families/maths/family-names.ts';
import { type FigureColumn, figureTable } from '../../page-kit/figure-table.ts';
import { count, percent } from '../../page-kit/format.ts';
import { attr, type Html, html, nothing } from '../../page-kit/html.ts';
import type { Links } from '../../page-kit/links.ts';
import { saeQuery, saeWords } from '../../page-kit/sae-query.ts';
import { familySlug } from './family-definitions.ts';
import { familyPlace } from './family-place.ts';

type Mix = Pick<FamilyMixRow, 'sae' | 'family' | 'features'>;

/** CSS pixels of a bar, about, where there is room and on a phone, and of a character of the names in it. */
const BAR = { wide: 640, narrow: 320 } as const;
const CHARACTER = 6.2;
/** Families whose colour is dark in the light theme, so that their names are in the paper's there, as all are in the dark one. */
const onPaper = new Set([1, 2, 3, 4, 5, 6, 7, 9]);

/** The families of each SAE's live features as a stacked bar, every part a link into the search, with a legend. */
export function familyMixFigure(rows: readonly Mix[], links: Links): Html {
  if (rows.length === 0) return nothing;
  const saes = [...Map.groupBy(rows, ({ sae }) => sae)];
  const bars = saes.map(([sae, own]) => html`<li><span>${sae}</span>${mixBar(sae, own, links)}</li>`);
  return html`
    <figure class=mix>
      <figcaption class=visually-hidden>Live features by layer and family</figcaption>
      <ol class=mixbars>${bars}</ol>
      ${mixLegend(rows, links)}${mixTable(rows)}
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
    const from = tenth((100 * before) / all);
    before += features;
    const width = tenth(tenth((100 * before) / all) - from);
    const text = `${capital(saeWords(sae))}, ${family}: ${count(features)} (${percent(features / all, 2)})`;
    return html`
      <a href="${familyLink(links, family, sae)}">
        <svg x="${from}%" width="${width}%">
          <rect class=f${familyPlace(family)} width="100%" height="100%"><title>${text}</title></rect>
          ${nameInBar(family, features / all)}
        </svg>
      </a>
    `;
  });
  return html`<svg>${parts}</svg>`;
}

const tenth = (value: number): number => Math.round(10 * value) / 10;

/** A family's name in its part of a bar, where it fits: on a phone fewer do. */
function nameInBar(family: string, share: number): Html | false {
  const needed = CHARACTER * family.length + 8;
  if (share * BAR.wide < needed) return false;
  const classes = [onPaper.has(familyPlace(family)) && 'on', share * BAR.narrow < needed && 'w'].filter(Boolean);
  const own = classes.length > 0 && attr` class="${classes.join(' ')}"`;
  return html`<text x=4 y=14 aria-hidden=true${own}>${family}</text>`;
}

/** The figure's numbers, families in columns. */
function mixTable(rows: readonly Mix[]): Html {
  const names = inOrder([...new Map(rows.map((row) => [row.family, row])).values()]).map(({ family }) => family);
  type Own = readonly [sae: string, rows: readonly Mix[]];
  const ofFamily = (name: string): FigureColumn<Own> => {
    const value = ([, own]: Own) => own.find(({ family }) => family === name)?.features ?? 0;
    return { name, key: name, value, show: (own) => count(value(own)) };
  };
  return figureTable<Own>({
    name: 'Live features by layer and family',
    file: 'families',
    columns: [{ name: 'SAE', key: 'sae', value: ([sae]) => sae }, ...names.map(ofFamily)],
    rows: [...Map.groupBy(rows, ({ sae }) => sae)],
  });
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
