import { csvText } from '../page-kit/csv.ts';
import type { ShownHead, ShownScore } from './heads-view.ts';

/** Heads with all their scores as CSV (RFC 4180), a line a head, in an order; an empty cell for what is not known. */
export function headsCsv(heads: readonly ShownHead[], scores: readonly ShownScore[], order: readonly number[]): string {
  const known = (text: string) => (text === '–' ? '' : text);
  const lines = order.map((i) => {
    const { name, layer, verdict, induction, family, values } = heads[i];
    return [name, layer, known(verdict), known(induction), known(family), ...values.map((value) => value ?? '')];
  });
  return csvText([['head', 'layer', 'verdict', 'induction', 'family', ...scores.map(({ key }) => key)], ...lines]);
}
