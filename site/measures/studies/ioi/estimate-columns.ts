import type { FigureColumn } from '../../../page-kit/figure-table.ts';
import type { Estimate } from './data.ts';
import { logits } from './estimate.ts';

/** A mean in logits and the ends of its interval, as three columns: `effect`, `effect_low`, `effect_high`. */
export function estimateColumns<Row>(name: string, key: string, of: (row: Row) => Estimate): FigureColumn<Row>[] {
  const column = (title: string, ending: string, end: keyof Estimate): FigureColumn<Row> => ({
    ...{ name: title, key: `${key}${ending}`, value: (row) => of(row)[end], show: (row) => logits(of(row)[end]) },
  });
  return [column(name, '', 'mean'), column('from', '_low', 'low'), column('to', '_high', 'high')];
}
