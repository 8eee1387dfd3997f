import type { InductionEdgeRow } from '../../../../pipeline/measures/studies/induction/table.ts';
import { significant } from '../../../page-kit/format.ts';
import { type Html, html, joined, nothing } from '../../../page-kit/html.ts';
import type { PageEnv } from '../../../page-kit/page-env.ts';
import { visibleText } from '../../../page-kit/token-text.ts';
import { headName, type StudiedHead } from './data.ts';

const SHOWN = 5;

/** Some of a head's strong edges in their text: the match, the source, and what the replacements do. */
export function edgeList({ row, edges }: StudiedHead, env: PageEnv): Html {
  if (edges.length === 0) return nothing;
  const items = edges.slice(0, SHOWN).map((edge) => html`<li>${edgeText(edge, env)}</li>`);
  return html`
    <details class=edges>
      <summary>Edges of head ${headName(row)}, ${items.length} of ${edges.length} drawn</summary>
      <ol>${items}</ol>
    </details>
  `;
}

function edgeText(edge: InductionEdgeRow, env: PageEnv): Html {
  const { prefix, attention, after, control, replacement, source, destination } = edge;
  const numbers = [
    `attention ${significant(attention, 2)}`,
    html`cut ${significant(after, 2)} (<code>${visibleText(env.token(replacement))}</code>)`,
    `control ${significant(control, 2)}`,
    `${prefix} ${prefix === 1 ? 'token matches' : 'tokens match'}, ${destination - source} back`,
  ];
  return html`
    <p class=facts>${joined(numbers, ' · ')}</p>
    <p class=from>${tokens(edge.source_tokens, prefix, true, env)}</p>
    <p class=from>${tokens(edge.destination_tokens, prefix, false, env)}</p>
  `;
}

/** A window whose last token is the source, or the destination; what matches ends before the one and at the other. */
function tokens(ids: ArrayLike<number>, prefix: number, isSource: boolean, env: PageEnv): Html {
  const end = isSource ? ids.length - 1 : ids.length;
  const items = Array.from(ids, (id, i) => {
    const text = visibleText(env.token(id));
    if (isSource && i === end) return html`<mark>${text}</mark>`;
    if (isSource && i === end - 2) return html`<s>${text}</s>`;
    return i < end && i >= end - prefix ? html`<b>${text}</b>` : text;
  });
  return html`<code>${items}</code>${isSource ? '' : html`<span aria-hidden=true> →</span>`}`;
}
