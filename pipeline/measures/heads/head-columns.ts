import type { AttendedKind, AttentionPlace, AttentionTo } from './maths/attention-check.ts';
import { chanceOf } from './maths/chance.ts';
import type { NewHeadRow } from './table.ts';

type Measured = ReadonlyMap<string, number>;
/** Which of the measured scores: a head's own, or what even attention would have. */
type NameOf = (score: string) => string;

const attentionNames: Readonly<Record<AttendedKind, string>> = {
  induction: 'induction',
  'duplicate token': 'duplicate-token',
  'previous token': 'previous-token',
  'current token': 'current-token',
  BOS: 'BOS',
};

/** A head's measured attention, by kind of source. */
export function attentionTo(measured: Measured, nameOf: NameOf = (score) => score): AttentionTo {
  return (kind: AttendedKind, place: AttentionPlace) =>
    measured.get(nameOf(`${attentionNames[kind]} attention on ${place}`));
}

/** The same as a column, and what even attention would have; null where something was not measured. */
export function attentionColumns(measured: Measured): Pick<NewHeadRow, 'attention' | 'attention_by_chance'> {
  return { attention: columnsOf(measured, (score) => score), attention_by_chance: columnsOf(measured, chanceOf) };
}

function columnsOf(measured: Measured, nameOf: NameOf): NonNullable<NewHeadRow['attention']> {
  const to = attentionTo(measured, nameOf);
  return {
    induction_on_repeats: to('induction', 'repeats') ?? null,
    previous_token_on_repeats: to('previous token', 'repeats') ?? null,
    duplicate_token_on_repeats: to('duplicate token', 'repeats') ?? null,
    induction_on_text: to('induction', 'text') ?? null,
    previous_token_on_text: to('previous token', 'text') ?? null,
    duplicate_token_on_text: to('duplicate token', 'text') ?? null,
    current_token_on_text: to('current token', 'text') ?? null,
    bos_on_text: to('BOS', 'text') ?? null,
    entropy_on_text: measured.get(nameOf('entropy of attention on text, nats')) ?? null,
    distance_on_text: measured.get(nameOf('distance of attention on text, tokens')) ?? null,
  };
}
