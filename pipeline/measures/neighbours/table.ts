import { bool, float, int, type NewRowOf, type RowOf, text } from '../../store/column-types.ts';
import { optionalTable } from '../../store/table.ts';

/**
 * How features are near each other: `decoder`, cosine of decoder rows within an SAE (ranked first) and of what they write
 * to the residual stream across SAEs; `logits`, cosine of centred logit effects, across all SAEs; `activation`, correlation
 * of activations over a sample, within an SAE.
 */
const neighbourKinds = ['activation', 'decoder', 'logits'] as const;
export type NeighbourKind = (typeof neighbourKinds)[number];

/** The features that each feature is nearest to. */
export const neighbours = optionalTable(
  'neighbours',
  {
    layer: int,
    sae: text,
    feature: int,
    kind: text,
    rank: int,
    other_layer: int,
    other_sae: text,
    other_feature: int,
    value: float,
    /** Whether their directions are one, by a cosine over 0.999: of `decoder` alone, else false. */
    twin: bool,
  },
  { sortedBy: ['layer', 'sae', 'feature', 'kind', 'rank'] },
);

export type NeighbourRow = RowOf<typeof neighbours>;
export type NewNeighbourRow = NewRowOf<typeof neighbours>;
