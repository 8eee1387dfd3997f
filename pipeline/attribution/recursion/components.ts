import type { ModelConfig } from '../../model/model.ts';
import { type EmbeddingKind, embeddingKinds } from '../../model/transformer.ts';
import { append } from '../../numbers/append.ts';
import type { Site } from '../../sae/site.ts';

/**
 * What a pre-activation is made of. `attention` is the whole output of a layer that has no SAE; `folded_bias` is c·W_O of a
 * layer whose value bias is folded; `decoder_bias` is a layer's ẑ without its features, scaled back as ẑ is; `value_bias`
 * is β·W_V + b_V of the reading layer itself, less its c; `output_bias` of the reading layer is what no head wrote of an
 * attention output that its SAE reads, b_O; `constant` is the reading feature's encoder constant; `logit` is a logit that
 * components add up to, and `unembedding_bias` its part that no component wrote, β of the final norm through W_U and b_U.
 */
type ComponentKind =
  | EmbeddingKind
  | 'feature'
  | 'error'
  | 'decoder_bias'
  | 'folded_bias'
  | 'output_bias'
  | 'attention'
  | 'mlp'
  | 'value_bias'
  | 'constant'
  | 'unembedding_bias'
  | 'logit';

export interface Component {
  readonly kind: ComponentKind;
  /** The layer that wrote it; null for the embeddings. */
  readonly layer: number | null;
  /** The feature of that layer's SAE, of kinds `feature` and `constant`. */
  readonly feature: number | null;
}

/** Where the SAE of a layer stands; nothing where it has none. */
export type SiteOf = (layer: number) => Site | undefined;

/** Components of the residual stream that enters a layer, its features left out: those of lower layers come first. */
export function denseComponents(config: ModelConfig, layer: number, siteOf: SiteOf): Component[] {
  const components: Component[] = embeddingKinds(config).map((kind) => ({ kind, layer: null, feature: null }));
  for (let lower = 0; lower < layer; lower++) {
    const site = siteOf(lower);
    const kinds = site ? coveredKinds(config, lower, site) : (['attention', 'mlp'] as const);
    append(
      components,
      kinds.map((kind) => ({ kind, layer: lower, feature: null })),
    );
  }
  return components;
}

/** Whether what a layer reads has a part that no component wrote: β of its norm or b of its maps. */
export const hasReadBias = ({ norm, biases }: ModelConfig): boolean => norm === 'layer' || biases.queryKeyValue;

/** The value bias that a layer reads beside its components, where there is one. */
export const readBias = (config: ModelConfig, layer: number): Component[] =>
  hasReadBias(config) ? [{ kind: 'value_bias', layer, feature: null }] : [];

/**
 * What an SAE's layer adds besides its features. Of z c·W_O only where its value bias is folded, b_O where there is one; an
 * SAE of the attention output reconstructs both with it.
 */
const coveredKinds = ({ biases, foldedLayers = [] }: ModelConfig, layer: number, site: Site): ComponentKind[] => [
  'error',
  'decoder_bias',
  ...(site === 'z' && foldedLayers.includes(layer) ? (['folded_bias'] as const) : []),
  ...(site === 'z' && biases.output ? (['output_bias'] as const) : []),
  'mlp',
];
