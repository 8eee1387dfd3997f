import { roleThresholds } from '../../pipeline/core/polysemanticity.ts';
import { wilsonInterval } from '../../pipeline/core/wilson.ts';
import type { HeadRow } from '../../pipeline/store/schema.ts';
import { count, percent, significant } from './format.ts';

const NAMED = 3;

/** What a head does, in a sentence or two made of its row alone; '' where it was not judged. */
export function headSentence(row: HeadRow): string {
  if (row.polysemanticity === null || row.scores === null) return '';
  const name = `Head ${row.layer}.${row.head}`;
  const judged = row.scores.get('features judged') ?? 0;
  const roles = row.scores.get('roles') ?? 0;
  return `${verdictOf(name, row.polysemanticity, judged, roles)}${mixOf(row)}${attentionOf(row.scores)}`;
}

function verdictOf(name: string, verdict: string, judged: number, roles: number): string {
  const features = `${judged} leading feature${judged === 1 ? '' : 's'}`;
  if (verdict === 'polysemantic')
    return `${name} is polysemantic: its ${features} form about ${significant(roles, 2)} roles.`;
  if (verdict === 'too little evidence')
    return `There is too little evidence to judge head ${name.slice(5)} by its ${features}.`;
  return `${name} is a candidate for monosemanticity: its ${features} form about ${significant(roles, 2)} roles, ${roleThresholds.roles} at most.`;
}

function mixOf({ family_mix }: HeadRow): string {
  const parts = [...(family_mix ?? [])]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, NAMED)
    .map(([family, share]) => `${percent(share, 2)} ${family}`);
  return parts.length > 0 ? ` By family they are ${parts.join(', ')}.` : '';
}

/** Attention of half or more on one kind of source is worth a sentence. */
function attentionOf(scores: ReadonlyMap<string, number>): string {
  const kinds = ['induction', 'previous-token', 'duplicate-token'];
  const [kind, score] = kinds
    .map((name): [string, number] => [name, scores.get(`${name} attention on repeats`) ?? 0])
    .reduce((best, next) => (next[1] > best[1] ? next : best));
  return score >= 0.5 ? ` On random tokens said twice ${percent(score, 2)} of its attention is ${kind} attention.` : '';
}

/** The share of judged heads that are polysemantic, with its interval; '' where none was judged. */
export function polysemanticHeadline(rows: readonly HeadRow[]): string {
  const judged = rows.filter(
    ({ polysemanticity }) => polysemanticity !== null && polysemanticity !== 'too little evidence',
  );
  if (judged.length === 0) return '';
  const many = judged.filter(({ polysemanticity }) => polysemanticity === 'polysemantic').length;
  const { low, high } = wilsonInterval(many, judged.length);
  const left = rows.length - judged.length;
  return (
    `${count(many)} of ${count(judged.length)} judged heads are polysemantic: ${percent(many / judged.length, 2)} ` +
    `(95\u202f% interval ${percent(low, 2)} to ${percent(high, 2)})${left > 0 ? `; of ${count(left)} more there is too little evidence` : ''}.`
  );
}
