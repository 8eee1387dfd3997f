import type { HeadRow } from '../../../pipeline/store/schema.ts';
import { percent, significant } from '../format.ts';
import { barClass } from '../levels.ts';
import type { Links } from '../links.ts';

const KINDS = ['induction', 'previous-token', 'duplicate-token', 'current-token', 'BOS'] as const;

/** Where a head attends to, on random tokens said twice and on text; nothing where it was not measured. */
export function attentionSection({ scores }: HeadRow, links: Links): string {
  if (!scores || !KINDS.some((kind) => scores.has(`${kind} attention on repeats`))) return '';
  const cell = (name: string) => {
    const share = scores.get(name);
    if (share === undefined) return '<td>–';
    return `<td><span class=t><i class=${barClass(share)}></i></span>${percent(share, 2)}`;
  };
  const rows = KINDS.map(
    (kind) =>
      `<tr><th scope=row>${kind.replace('-', ' ')}${cell(`${kind} attention on repeats`)}${cell(`${kind} attention on text`)}`,
  );
  return (
    `<section id=attention><h2><a href="${links.page('methods')}#head-attention">Attention</a></h2>` +
    '<table class="grid looks"><thead><tr><th scope=col>To<th scope=col><abbr title="BOS and random tokens said twice">On repeats</abbr><th scope=col>On text</thead>' +
    `<tbody>${rows.join('')}</tbody></table>${spread(scores)}</section>`
  );
}

function spread(scores: ReadonlyMap<string, number>): string {
  const entropy = scores.get('entropy of attention on text, nats');
  const distance = scores.get('distance of attention on text, tokens');
  if (entropy === undefined || distance === undefined) return '';
  return (
    `<p class=note>On text it looks ${significant(distance, 2)} tokens back on average, with an entropy of ` +
    `${significant(entropy, 2)} nats: as wide as ${significant(Math.exp(entropy), 2)} tokens attended to alike.</p>`
  );
}
