import { inductionVerdicts, type JudgedCurve } from '../../../core/studies/induction-verdict.ts';

const nameOf = (i: number, nHeads: number) => `${Math.floor(i / nHeads)}.${i % nHeads}`;

/** How many heads attend by induction, and which of them need a long prefix, as one sentence. */
export function inductionSentence(judged: readonly JudgedCurve[], nHeads: number): string {
  const named = (verdict: JudgedCurve['verdict']) =>
    judged.flatMap((head, i) => (head.verdict === verdict ? [nameOf(i, nHeads)] : []));
  const [long, short, not, unclear] = inductionVerdicts.map(named);
  const induction = (long?.length ?? 0) + (short?.length ?? 0);
  if (judged.length === unclear?.length)
    return `Nothing can be said of the ${judged.length} heads: too little evidence.`;
  if (induction === 0) return `None of the ${judged.length} heads attends by induction${left(unclear)}.`;
  const kinds = `${counted(short, 'after one matching token')}, ${counted(long, 'only after a longer match')}`;
  return `${induction} of the ${judged.length} heads attend by induction: ${kinds}; ${not?.length ?? 0} do not${left(unclear)}.`;
}

function counted(names: readonly string[] = [], how: string): string {
  return names.length === 0 ? `none ${how}` : `${names.length} ${how} (${names.join(', ')})`;
}

const left = (names: readonly string[] = []) =>
  names.length === 0 ? '' : `; of ${names.join(', ')} there is too little evidence`;
