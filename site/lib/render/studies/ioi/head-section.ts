import type { IoiHeadRow } from '../../../../../pipeline/store/studies/ioi.ts';
import type { Links } from '../../../links.ts';
import { escapeText } from '../../escape.ts';
import { type Estimate, isSure } from './data.ts';
import { withInterval } from './estimate.ts';

/** What the study says of one head, for the head's page, with the way to its evidence; nothing of one without a part in it. */
export function headIoiSection(row: IoiHeadRow, links: Links): string {
  if (row.roles.length === 0) return '';
  const parts = [
    matters(row.direct) ? `it writes ${withInterval(row.direct)} logits of the receiver’s lead directly` : '',
    matters(row.indirect)
      ? `without it the lead changes by ${withInterval(row.indirect)} through later heads and layers`
      : '',
    matters(row.s2_effect)
      ? `without it at the giver’s second mention the lead changes by ${withInterval(row.s2_effect)}`
      : '',
  ].filter(Boolean);
  const evidence = parts.length > 0 ? `: ${parts.join('; ')}.` : '.';
  return (
    `<section id=ioi aria-labelledby=ioi-title><h2 id=ioi-title><a href="${links.page('studies/ioi')}">Indirect objects</a></h2>` +
    `<p><b>${escapeText(row.roles.join(', '))}</b>${evidence}</p></section>`
  );
}

const matters = (estimate: Estimate) => isSure(estimate) && Math.abs(estimate.mean) >= 0.005;
