import { float, int, type NewRowOf, type RowOf, text } from '../../store/column-types.ts';
import { optionalTable } from '../../store/table.ts';

/** The features of lower layers that each feature is wired to most strongly, by weights alone. */
export const wiring = optionalTable(
  'wiring',
  {
    layer: int,
    sae: text,
    feature: int,
    rank: int,
    upstream_layer: int,
    upstream_sae: text,
    upstream_feature: int,
    head: int,
    value: float,
  },
  { sortedBy: ['layer', 'sae', 'feature', 'rank'] },
);

export type WiringRow = RowOf<typeof wiring>;
export type NewWiringRow = NewRowOf<typeof wiring>;
