import type { InductionHeadRow } from '../../../../pipeline/measures/studies/induction/table.ts';
import { percent } from '../../../page-kit/format.ts';
import { type Html, html } from '../../../page-kit/html.ts';
import type { Links } from '../../../page-kit/links.ts';

/** What the study says of one head, for the head's page, with the way to its evidence. */
export function headInductionSection(row: InductionHeadRow, links: Links): Html {
  return html`
    <section id=induction aria-labelledby=induction-title>
      <h2 id=induction-title><a href="${links.page('studies/induction')}">Induction</a></h2>
      <p><b>${row.verdict}</b>${evidence(row)}</p>
    </section>
  `;
}

function evidence({ one_token, greatest, greatest_prefix, half_prefix }: InductionHeadRow): string {
  if (one_token === null || greatest === null || greatest_prefix === null) return ': no sequence could be made.';
  if (half_prefix === null) {
    return `: at most ${percent(greatest, 2)} of its attention, on average, goes to the token that followed an earlier occurrence.`;
  }
  const grows = greatest_prefix > 1 ? `; after ${greatest_prefix} tokens, ${percent(greatest, 2)}` : '';
  const half = half_prefix > 1 ? `. It reaches half of that after ${half_prefix}` : '';
  return `: after a one-token match it puts ${percent(one_token, 2)} of its attention on the token that followed${grows}${half}.`;
}
