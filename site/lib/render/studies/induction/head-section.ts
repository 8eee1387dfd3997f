import type { InductionHeadRow } from '../../../../../pipeline/store/studies/induction.ts';
import type { Links } from '../../../links.ts';
import { escapeText } from '../../escape.ts';

/** What the study says of one head, for the head's page, with the way to its evidence. */
export function headInductionSection(row: InductionHeadRow, links: Links): string {
  return (
    `<section id=induction aria-labelledby=induction-title><h2 id=induction-title><a href="${links.page('studies/induction')}">Induction</a></h2>` +
    `<p><b>${escapeText(row.verdict)}</b>${escapeText(evidence(row))}</p></section>`
  );
}

function evidence({ one_token, greatest, greatest_prefix, half_prefix }: InductionHeadRow): string {
  if (one_token === null || greatest === null || greatest_prefix === null) return ': no sequence could be made.';
  if (half_prefix === null) {
    return `: at most ${greatest.toFixed(2)} of its attention, on average, goes to what followed an earlier occurrence.`;
  }
  const grows = greatest_prefix > 1 ? `, ${greatest.toFixed(2)} when ${greatest_prefix} do` : '';
  const half = half_prefix > 1 ? `; half of that is there from ${half_prefix} on` : '';
  return `: of its attention, ${one_token.toFixed(2)} goes to what followed an earlier occurrence when one token matches${grows}${half}.`;
}
