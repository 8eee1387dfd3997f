import type { FeatureRow } from '../../../pipeline/measures/statistics/table.ts';
import { type Html, html, nothing } from '../../page-kit/html.ts';
import type { Links } from '../../page-kit/links.ts';
import { saeQuery } from '../../page-kit/sae-query.ts';
import { familyPlace } from '../families/family-place.ts';

/** The families of a head's listed features with their counts, each a link to the search for them on this head. */
export function headFamilies(
  { sae, head }: { readonly sae: string; readonly head: number },
  rows: readonly Pick<FeatureRow, 'family'>[],
  links: Links,
): Html {
  const known = rows.flatMap(({ family }) => (family === null ? [] : [family]));
  if (known.length === 0) return nothing;
  const counts = [...Map.groupBy(known, (family) => family)].toSorted(([a], [b]) => familyPlace(a) - familyPlace(b));
  const search = `${links.page('features')}?${saeQuery(sae)}&head=${head}&family=`;
  const items = counts.map(
    ([family, own]) =>
      html`
        <li>
          <a href="${search}${encodeURIComponent(family)}">
            <i class=f${familyPlace(family)}></i>${family}</a> <span>${own.length}</span>
        </li>
      `,
  );
  return html`<ul class=mixkey aria-label="Their families">${items}</ul>`;
}
