import { families } from '../../families/maths/family-names.ts';
import type { SummaryEvidence } from './feature-summary.ts';

/** Columns of a row of `features`, written or read. */
interface Row {
  readonly family: string | null;
  readonly read_tokens: Iterable<{ readonly token_id: number; readonly share: number }> | null;
  readonly positive_logits: readonly { readonly token: string }[];
}

/** What a feature's summary is made from, by its row and the ids of the tokens at the peaks of its top examples. */
export function summaryEvidence(
  row: Row,
  peaks: readonly number[],
  tokenText: (id: number) => string,
): SummaryEvidence {
  return {
    family: families.find((name) => name === row.family) ?? null,
    reads: Array.from(row.read_tokens ?? [], ({ token_id, share }) => ({ token: tokenText(token_id), share })),
    peaks: peaks.map(tokenText),
    promoted: row.positive_logits.map(({ token }) => token),
  };
}
