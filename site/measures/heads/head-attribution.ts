import type { HeadRow } from '../../../pipeline/measures/heads/table.ts';
import { percent, significant } from '../../page-kit/format.ts';
import { type Html, html, nothing } from '../../page-kit/html.ts';
import type { Links } from '../../page-kit/links.ts';
import { statList } from '../../page-kit/stat-list.ts';
import type { HeadFeature } from './head-feature.ts';

const SIZE = 100;
const LEADING = 10;

/** Head weight beside the share of attribution that the head carries, feature by feature, and how far they agree. */
export function attributionSection(row: HeadRow, features: readonly HeadFeature[], links: Links): Html {
  const { scores } = row;
  if (scores === null || features.length === 0) return nothing;
  const leading = Math.min(LEADING, features.length);
  return html`
    <section id=attribution>
      <h2>
        <a href="${links.page('methods')}#head-weights">Weight</a> and <a href="${links.page('methods')}#dfa">attribution</a>
      </h2>
      ${statList([
        [`Mean head weight of the leading ${leading}`, percent(scores.mean_head_weight, 2)],
        ['Mean share of their attribution', percent(scores.mean_attribution_share, 2)],
        ['Correlation, all alive features', significant(scores.weight_attribution_correlation, 2)],
      ])}${scatter(features)}
    </section>
  `;
}

/** A point a feature, weight to the right and attribution upwards, both from 0 to 1; on the line they are equal. */
function scatter(features: readonly HeadFeature[]): Html {
  const points = features.map(
    ({ weight, attribution }) => `M${Math.round(weight * SIZE)} ${Math.round((1 - attribution) * SIZE)}h0`,
  );
  const label = `Head weight and share of attribution of ${features.length} features; equal on the diagonal`;
  return html`
    <figure class=agreement>
      <svg viewBox="-3 -3 ${SIZE + 6} ${SIZE + 6}" role=img aria-label="${label}">
        <path class=base d="M0 0v${SIZE}h${SIZE}M0 ${SIZE}L${SIZE} 0"/><path d="${points}"/>
      </svg>
      <figcaption>
        ↑ share of attribution, → head weight, both 0 to 1, of its ${features.length} leading features
      </figcaption>
    </figure>
  `;
}
