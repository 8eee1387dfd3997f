import type { SaeRow } from '../../../pipeline/measures/quality/table.ts';
import { type Html, html, isNothing, nothing } from '../../page-kit/html.ts';
import type { Links } from '../../page-kit/links.ts';
import { densityFigure } from './density-figure.ts';

/** How often each SAE's features are active, as histograms side by side; nothing of a run that did not count them. */
export function densitySection(saes: readonly SaeRow[], links: Links): Html {
  const figures = saes.map(densityFigure).filter((figure) => !isNothing(figure));
  if (figures.length === 0) return nothing;
  return html`
    <section aria-labelledby=densities>
      <h2 id=densities>How often features are active</h2>
      <p class=note>
        Features by the share of tokens that they are active on,
        their <a href="${links.page('methods')}#density-histogram">density</a>, on a logarithmic axis; right of the rule,
        over 10%, they are dense. Dead features are in no bar.
      </p>
      <div class=densities>${figures}</div>
    </section>
  `;
}
