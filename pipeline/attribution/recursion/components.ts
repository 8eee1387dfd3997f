import type { EmbeddingKind } from '../../model/architecture.ts';
import type { Transformer } from '../../model/transformer.ts';
import { append } from '../../numbers/append.ts';

/**
 * What a value vector is made of. `attention` is the whole output of a layer that has no SAE; `folded_bias` is c·W_O of a
 * layer whose value bias is folded; `value_bias` is β·W_V + b_V of the reading layer itself, less its c; `constant` is the
 * reading feature's encoder constant.
 */
export type ComponentKind =
  | EmbeddingKind
  | 'feature'
  | 'error'
  | 'decoder_bias'
  | 'folded_bias'
  | 'output_bias'
  | 'attention'
  | 'mlp'
  | 'value_bias'
  | 'constant';

export interface Component {
  readonly kind: ComponentKind;
  /** The layer that wrote it; null for the embeddings. */
  readonly layer: number | null;
  /** The feature of that layer's SAE, of kinds `feature` and `constant`. */
  readonly feature: number | null;
}

const coveredKinds = ['error', 'decoder_bias', 'output_bias', 'mlp'] as const;
const foldedKinds = ['error', 'decoder_bias', 'folded_bias', 'output_bias', 'mlp'] as const;
const undividedKinds = ['attention', 'mlp'] as const;

/** Components of the residual stream that enters a layer, its features left out: those of lower layers come first. */
export function denseComponents(
  { architecture, config: { foldedLayers = [] } }: Pick<Transformer, 'architecture' | 'config'>,
  layer: number,
  hasSae: (layer: number) => boolean,
): Component[] {
  const components: Component[] = architecture.embeddingKinds.map((kind) => ({ kind, layer: null, feature: null }));
  for (let lower = 0; lower < layer; lower++) {
    const covered = foldedLayers.includes(lower) ? foldedKinds : coveredKinds;
    const kinds = hasSae(lower) ? covered : undividedKinds;
    append(
      components,
      kinds.map((kind) => ({ kind, layer: lower, feature: null })),
    );
  }
  return components;
}
