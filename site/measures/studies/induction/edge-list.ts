import type { InductionEdgeRow } from '../../../../pipeline/measures/studies/induction/table.ts';
import { escapeText } from '../../../page-kit/escape.ts';
import { significant } from '../../../page-kit/format.ts';
import type { PageEnv } from '../../../page-kit/page-env.ts';
import { visibleText } from '../../../page-kit/token-text.ts';
import { headName, type StudiedHead } from './data.ts';

const SHOWN = 5;

/** Some of a head's strong edges in their text: the match, the source, and what the replacements do. */
export function edgeList({ row, edges }: StudiedHead, env: PageEnv): string {
  if (edges.length === 0) return '';
  const items = edges.slice(0, SHOWN).map((edge) => `<li>${edgeText(edge, env)}</li>`);
  return (
    `<details class=edges><summary>Edges of head ${headName(row)}, ${items.length} of ${edges.length} drawn</summary>` +
    `<ol>${items.join('')}</ol></details>`
  );
}

function edgeText(edge: InductionEdgeRow, env: PageEnv): string {
  const { prefix, attention, after, control, replacement, source, destination } = edge;
  const numbers = [
    `attention ${significant(attention, 2)}`,
    `cut ${significant(after, 2)} (<code>${escapeText(visibleText(env.token(replacement)))}</code>)`,
    `control ${significant(control, 2)}`,
    `${prefix} ${prefix === 1 ? 'token matches' : 'tokens match'}, ${destination - source} back`,
  ];
  return (
    `<p class=facts>${numbers.join(' · ')}</p>` +
    `<p class=from>${tokens(edge.source_tokens, prefix, true, env)}</p>` +
    `<p class=from>${tokens(edge.destination_tokens, prefix, false, env)}</p>`
  );
}

/** A window whose last token is the source, or the destination; what matches ends before the one and at the other. */
function tokens(ids: ArrayLike<number>, prefix: number, isSource: boolean, env: PageEnv): string {
  const end = isSource ? ids.length - 1 : ids.length;
  const items = Array.from(ids, (id, i) => {
    const text = escapeText(visibleText(env.token(id)));
    if (isSource && i === end) return `<mark>${text}</mark>`;
    if (isSource && i === end - 2) return `<s>${text}</s>`;
    return i < end && i >= end - prefix ? `<b>${text}</b>` : text;
  });
  return `<code>${items.join('')}</code>${isSource ? '' : '<span aria-hidden=true> →</span>'}`;
}
