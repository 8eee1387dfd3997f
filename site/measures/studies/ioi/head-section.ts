import type { IoiHeadRow } from '../../../../pipeline/measures/studies/ioi/table.ts';
import { type Html, html, nothing } from '../../../page-kit/html.ts';
import type { Links } from '../../../page-kit/links.ts';
import { type Estimate, isSure } from './data.ts';
import { withInterval } from './estimate.ts';

/** What the study says of one head, for the head's page, with the way to its evidence; nothing of one without a part in it. */
export function headIoiSection(row: IoiHeadRow, links: Links): Html {
  if (row.roles.length === 0) return nothing;
  const parts = [
    matters(row.direct) ? `it writes ${withInterval(row.direct)} of the logit difference directly` : '',
    matters(row.indirect)
      ? `patching its output at the end from a story with an unrelated giver ${changes(row.indirect)} through later heads and layers`
      : '',
    matters(row.s2_effect)
      ? `acts at the second mention of the giver (S2): patching its output there from a story with an unrelated giver ${changes(row.s2_effect)}`
      : '',
  ].filter(Boolean);
  const evidence = parts.length > 0 ? `: ${parts.join('; ')}.` : '.';
  return html`
    <section id=ioi aria-labelledby=ioi-title>
      <h2 id=ioi-title><a href="${links.page('studies/ioi')}">Indirect objects</a></h2>
      <p><b>${row.roles.join(', ')}</b>${evidence}</p>
    </section>
  `;
}

const matters = (estimate: Estimate) => isSure(estimate) && Math.abs(estimate.mean) >= 0.005;

/** "lowers the logit difference by 0.24 (95% interval …)", or raises it. */
const changes = ({ mean, low, high }: Estimate): string => {
  const by = mean < 0 ? { mean: -mean, low: -high, high: -low } : { mean, low, high };
  const numbers = withInterval(by).replaceAll('+', '');
  return `${mean < 0 ? 'lowers' : 'raises'} the logit difference by ${numbers}`;
};
