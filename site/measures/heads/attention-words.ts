import type { AttendedKind, AttentionPlace } from '../../../pipeline/measures/heads/maths/attention-check.ts';

type Conflict = {
  readonly kind: string;
  readonly family: string;
  readonly place: string;
  readonly attention: number;
  readonly share: number;
};

const targets: Readonly<Record<AttendedKind, string>> = {
  induction: 'the token after an earlier occurrence of the current token',
  'duplicate token': 'an earlier occurrence of the current token',
  'previous token': 'the previous token',
  'current token': 'the current token',
  BOS: 'BOS',
};

/** What is attended to, in words. */
export const attentionTarget = (family: string): string =>
  Object.entries(targets).find(([kind]) => kind === family)?.[1] ?? family;

const places: Readonly<Record<AttentionPlace, string>> = { repeats: 'on repeated random tokens', text: 'on text' };

/** Where attention was measured; sources that text may lack are measured where it has them. */
export function attentionPlace(family: string, place: string): string {
  const mayLack = family === 'induction' || family === 'duplicate token';
  return place === 'text' ? `${places.text}${mayLack ? ', where there is one' : ''}` : places.repeats;
}

/** One disagreement of attribution and attention in a sentence. */
export function conflictSentence(
  { kind, family, place, attention, share }: Conflict,
  percent: (share: number) => string,
): string {
  const where = attentionPlace(family, place);
  const carried = share === 0 ? 'none' : `only ${percent(share)}`;
  return kind === 'attended'
    ? `Attribution and attention disagree: ${where}, ${percent(attention)} of its attention goes to ${attentionTarget(family)}, but ${carried} of its attribution is of features that could read that.`
    : `Attribution and attention disagree: ${percent(share)} of its attribution is of ${family} features, but ${where} only ${percent(attention)} of its attention goes to ${attentionTarget(family)}.`;
}
