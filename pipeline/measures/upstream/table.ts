import { double, int, type NewRowOf, nullable, type RowOf, text } from '../../store/column-types.ts';
import { optionalTable } from '../../store/table.ts';

/**
 * What features read, by recursive attribution over some of their top examples: each feature's rows by magnitude of
 * share. The shares of a feature sum to 1, `other_features` holding the upstream features not listed.
 */
export const upstream = optionalTable(
  'upstream',
  {
    layer: int,
    sae: text,
    feature: int,
    rank: int,
    kind: text,
    upstream_layer: nullable(int),
    upstream_sae: nullable(text),
    upstream_feature: nullable(int),
    head: nullable(int),
    share: double,
    distance: nullable(double),
    examples: int,
    seen: int,
    wiring: nullable(double),
  },
  { sortedBy: ['layer', 'sae', 'feature', 'rank'] },
);

export type UpstreamRow = RowOf<typeof upstream>;
export type NewUpstreamRow = NewRowOf<typeof upstream>;
