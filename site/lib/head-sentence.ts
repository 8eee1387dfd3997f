import { roleThresholds } from '../../pipeline/core/polysemanticity.ts';
import type { HeadCircuitsRow, HeadRow } from '../../pipeline/store/schema.ts';
import { percent, signed, significant } from './format.ts';

const NAMED = 3;

/** What a head does, in a few sentences made of its rows alone; '' where it was not judged. */
export function headSentence(row: HeadRow, circuits?: HeadCircuitsRow): string {
  const { verdict, mix, others } = headSentences(row, circuits);
  return [verdict, mix, ...others].filter((sentence) => sentence !== '').join(' ');
}

/** The same, one by one; each '' where there is nothing to say. */
export function headSentences(row: HeadRow, circuits?: HeadCircuitsRow) {
  const { layer, head, polysemanticity, scores } = row;
  if (polysemanticity === null || scores === null) return { verdict: '', mix: '', others: [] };
  const judged = scores.get('features judged') ?? 0;
  return {
    verdict: verdictOf(`Head ${layer}.${head}`, polysemanticity, judged, scores.get('roles') ?? 0),
    mix: mixOf(row),
    others: [attentionOf(scores), ...(circuits ? [copyingOf(circuits), compositionOf(circuits)] : [])],
  };
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
  return parts.length > 0 ? `By family they are ${parts.join(', ')}.` : '';
}

/** Attention of half or more on one kind of source is worth a sentence. */
function attentionOf(scores: ReadonlyMap<string, number>): string {
  const kinds = ['induction', 'previous-token', 'duplicate-token'];
  const [kind, score] = kinds
    .map((name): [string, number] => [name, scores.get(`${name} attention on repeats`) ?? 0])
    .reduce((best, next) => (next[1] > best[1] ? next : best));
  return score >= 0.5 ? `On random tokens said twice ${percent(score, 2)} of its attention is ${kind} attention.` : '';
}

/** From these on a circuit is worth a sentence. */
const COPIES = 0.5;
const OPPOSES = -0.9;
const COMPOSES = 0.05;

function copyingOf({ scores }: HeadCircuitsRow): string {
  const copied = scores.get('copying, by tokens') ?? 0;
  if (copied >= COPIES)
    return `By its weights it copies: ${percent(copied, 2)} of tokens are among the ten that they raise most.`;
  const opposes = (scores.get('copying, by eigenvalues') ?? 0) <= OPPOSES;
  return opposes ? 'By its weights it lowers the logit of what it reads.' : '';
}

function compositionOf({ composition }: HeadCircuitsRow): string {
  const [strongest] = composition.toSorted((a, b) => b.score - a.score);
  if (!strongest || strongest.score < COMPOSES) return '';
  const { kind, layer, head, score } = strongest;
  return `Its ${READS[kind] ?? kind} read head ${layer}.${head} (${kind}-composition ${signed(score, 2)}).`;
}

const READS: Readonly<Record<string, string>> = { K: 'keys', Q: 'queries', V: 'values' };
