import { type Html, html, nothing } from '../../../page-kit/html.ts';
import type { PageEnv } from '../../../page-kit/page-env.ts';
import { curvePanels } from './curve-panels.ts';
import { headName, type InductionData, inductionHeadsOf, type StudiedHead } from './data.ts';
import { methodSection } from './method.ts';
import { needFigure } from './need-figure.ts';
import { curveTable, headsTable, verdictTable } from './tables.ts';
import { textSection } from './text-section.ts';

/** The study of long and short prefixes, all of it but title, verdict and cost. */
export function inductionSections(data: InductionData, env: PageEnv): Html {
  const heads = inductionHeadsOf(data);
  const others = data.heads.filter((head) => !heads.includes(head));
  return html`
    ${needSection(data, heads, others, env)}
    ${curveSection(heads, env)}
    ${textSection(data, env)}
    ${methodSection(data.record.settings)}
  `;
}

function needSection(
  data: InductionData,
  heads: readonly StudiedHead[],
  others: readonly StudiedHead[],
  env: PageEnv,
): Html {
  return html`
    <section aria-labelledby=need>
      <h2 id=need>How long a match each head needs</h2>
      <div class=beside>
        ${needFigure(data.heads)}
        <div>
          ${heads.length > 0 ? verdictTable(heads, env) : ''}
          <p class=note>${strongestOther(others, heads.length === 0 ? 'No head' : 'No other head')}</p>
        </div>
      </div>
      ${headsTable(data.heads, env)}
    </section>
  `;
}

function strongestOther(others: readonly StudiedHead[], none: string): string {
  const most = others.reduce<StudiedHead | undefined>(
    (best, head) => (best && (best.row.greatest ?? 0) >= (head.row.greatest ?? 0) ? best : head),
    undefined,
  );
  if (!most) return '';
  const greatest = (most.row.greatest ?? 0).toFixed(2);
  return `${none} attends there by more than ${greatest} on average at any length (head ${headName(most.row)}).`;
}

function curveSection(heads: readonly StudiedHead[], env: PageEnv): Html {
  if (heads.length === 0) return nothing;
  return html`
    <section aria-labelledby=curves>
      <h2 id=curves>By length of the repeated prefix</h2>
      <p class=note>
        Across: tokens of the prefix. Above: mean attention from the end of the second prefix to the token after the
        first; dashed, half of its greatest value. Below: what the head writes for that token directly, in logits above
        the mean logit, on one scale for all heads. Bands are 95% intervals.
      </p>
      ${curvePanels(heads, env)}
      ${curveTable(heads, env)}
    </section>
  `;
}
