import type { AttendedKind, AttentionPlace, AttentionTo } from '../core/attention-check.ts';
import type { NewHeadRow } from '../store/schema.ts';

type Measured = ReadonlyMap<string, number>;

const attentionNames: Readonly<Record<AttendedKind, string>> = {
  induction: 'induction',
  'duplicate token': 'duplicate-token',
  'previous token': 'previous-token',
  'current token': 'current-token',
  BOS: 'BOS',
};

/** A head's measured attention, by kind of source. */
export function attentionTo(measured: Measured): AttentionTo {
  return (kind: AttendedKind, place: AttentionPlace) => measured.get(`${attentionNames[kind]} attention on ${place}`);
}

/** The same as a column; null where something was not measured. */
export function attentionColumns(measured: Measured): NonNullable<NewHeadRow['attention']> {
  const to = attentionTo(measured);
  return {
    induction_on_repeats: to('induction', 'repeats') ?? null,
    previous_token_on_repeats: to('previous token', 'repeats') ?? null,
    duplicate_token_on_repeats: to('duplicate token', 'repeats') ?? null,
    induction_on_text: to('induction', 'text') ?? null,
    previous_token_on_text: to('previous token', 'text') ?? null,
    duplicate_token_on_text: to('duplicate token', 'text') ?? null,
    current_token_on_text: to('current token', 'text') ?? null,
    bos_on_text: to('BOS', 'text') ?? null,
    entropy_on_text: measured.get('entropy of attention on text, nats') ?? null,
    distance_on_text: measured.get('distance of attention on text, tokens') ?? null,
  };
}
