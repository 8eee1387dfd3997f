import { formatCount } from '../../../effects/pace.ts';
import { inductionVerdicts, type JudgedCurve } from './maths/induction-verdict.ts';

import type { NewInductionHeadRow } from './table.ts';

const nameOf = (i: number, nHeads: number) => `${Math.floor(i / nHeads)}.${i % nHeads}`;

/** Heads that a sentence names, at most one more. */
const mostNamed = 12;

/** How many heads attend by induction, and which of them need a long prefix, as one sentence. */
export function inductionSentence(judged: readonly JudgedCurve[], nHeads: number): string {
  const named = (verdict: JudgedCurve['verdict']) =>
    judged.flatMap((head, i) => (head.verdict === verdict ? [nameOf(i, nHeads)] : []));
  const [long, short, not, unclear] = inductionVerdicts.map(named);
  const induction = long.length + short.length;
  const all = formatCount(judged.length);
  if (judged.length === unclear?.length) return `Nothing can be said of the ${all} heads: too little evidence.`;
  if (induction === 0) return `None of the ${all} heads attends by induction${left(unclear)}.`;
  const kinds = `${counted(short, 'after one matching token')}, ${counted(long, 'only after a longer match')}`;
  const attend = induction === 1 ? 'attends' : 'attend';
  const others = `${formatCount(not.length)} ${not.length === 1 ? 'does' : 'do'} not`;
  return `${induction} of the ${all} heads ${attend} by induction: ${kinds}; ${others}${left(unclear)}.`;
}

/** One line a head that attends by induction, or may. */
export function inductionLines(rows: readonly NewInductionHeadRow[]): string[] {
  return rows
    .filter(({ half_prefix }) => half_prefix !== null)
    .map(({ layer, head, verdict, one_token, greatest, greatest_prefix, before, after, control }) => {
      const curve = `attention ${fixed(one_token)} after one token, ${fixed(greatest)} after ${greatest_prefix}`;
      const means = [before, after, control].map((edges) => fixed(edges?.mean ?? null));
      const text = before ? `; on text ${means[0]}, match cut ${means[1]}, control ${means[2]}` : '';
      return `${layer}.${head} ${verdict}: ${curve}${text}`;
    });
}

const fixed = (value: number | null) => value?.toFixed(2) ?? '–';

function counted(names: readonly string[] = [], how: string): string {
  return names.length === 0 ? `none ${how}` : `${names.length} ${how} (${listed(names)})`;
}

const left = (names: readonly string[] = []) =>
  names.length === 0 ? '' : `; of ${listed(names)} there is too little evidence`;

function listed(names: readonly string[]): string {
  const more = names.length - mostNamed;
  return more > 1 ? `${names.slice(0, mostNamed).join(', ')} and ${more} more` : names.join(', ');
}
