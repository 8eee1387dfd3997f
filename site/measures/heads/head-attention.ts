import type { HeadRow } from '../../../pipeline/measures/heads/table.ts';
import { percent, significant } from '../../page-kit/format.ts';
import { type Html, html, nothing } from '../../page-kit/html.ts';
import { barClass } from '../../page-kit/levels.ts';
import type { Links } from '../../page-kit/links.ts';

const KINDS = [
  ['induction', 'induction_on_repeats', 'induction_on_text'],
  ['previous token', 'previous_token_on_repeats', 'previous_token_on_text'],
  ['duplicate token', 'duplicate_token_on_repeats', 'duplicate_token_on_text'],
  ['current token', undefined, 'current_token_on_text'],
  ['BOS', undefined, 'bos_on_text'],
] as const;
type Share = NonNullable<(typeof KINDS)[number][1 | 2]>;

/** Where a head attends to, on repeated random tokens and on text; nothing where it was not measured. */
export function attentionSection({ attention, attention_by_chance }: HeadRow, links: Links): Html {
  if (attention === null) return nothing;
  const cell = (name: Share | undefined) => {
    const share = name && attention[name];
    if (share === null || share === undefined) return html`<td>–`;
    const chance = name && attention_by_chance?.[name];
    const even = typeof chance === 'number' ? html` <small>${percent(chance, 2)} by chance</small>` : '';
    return html`<td><span class=t><i class=${barClass(share)}></i></span>${percent(share, 2)}${even}`;
  };
  const rows = KINDS.map(([kind, repeats, text]) => html`<tr><th scope=row>${kind}${cell(repeats)}${cell(text)}`);
  return html`
    <section id=attention>
      <h2><a href="${links.page('methods')}#head-attention">Attention</a></h2>
      <table class="grid looks" aria-label="Where it attends to">
        <thead>
          <tr>
            <th scope=col>To
            <th scope=col><abbr title="BOS and random tokens, repeated once">On repeats</abbr>
            <th scope=col>On text
        </thead>
        <tbody>${rows}</tbody>
      </table>
      ${spread(attention)}
    </section>
  `;
}

function spread({ entropy_on_text, distance_on_text }: NonNullable<HeadRow['attention']>): Html {
  if (entropy_on_text === null || distance_on_text === null) return nothing;
  return html`
    <p class=note>
      On text it attends ${significant(distance_on_text, 2)} tokens back on average, with an entropy
      of ${significant(entropy_on_text, 2)} nats: as spread out as equal attention
      to ${significant(Math.exp(entropy_on_text), 2)} tokens.
    </p>
  `;
}
