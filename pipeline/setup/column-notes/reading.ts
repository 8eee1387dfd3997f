import type { NotesOfTables } from './notes-of.ts';

/** What features read, and which are near each other. */
export const readingNotes = {
  upstream: {
    rank: 'from 0, by magnitude of share',
    kind: 'what is read: feature, other_features (those not listed), embedding, position, error, decoder_bias, folded_bias, output_bias, attention (of a layer without an SAE), mlp, value_bias or constant',
    upstream_layer: 'layer it belongs to; null for embedding, position, other_features and constant',
    upstream_sae: 'SAE of an upstream feature; null for other kinds',
    upstream_feature: 'its number in that SAE; null for other kinds',
    head: 'head that carries most of it, in the example where its share is largest; null for other_features, constant and the own layer’s output_bias',
    share: 'mean share of the pre-activation over examples; the shares of one feature sum to 1',
    distance: 'mean t − s in tokens, weighted by magnitude; null where nothing was read, or head is null',
    examples: 'top examples taken apart',
    seen: 'those in which it is among the 24 strongest upstream features; all for other kinds',
    wiring: 'wDec[j]·W_O·direction through that head, as in wiring; null for other kinds',
  },
  wiring: {
    rank: 'from 0, by magnitude of value',
    upstream_layer: 'layer of the feature that would be read',
    upstream_sae: 'its SAE',
    upstream_feature: 'its number there',
    head: 'head of the reading layer through which it is strongest',
    value: 'wDec[j]·W_O·direction through that head: how strongly the feature would read feature j by weights alone',
  },
  neighbours: {
    kind: 'decoder: cosine of decoder rows within an SAE, of what they write to the residual stream across SAEs; logits: cosine of centred logit effects; activation: correlation of activations over a sample, within an SAE',
    rank: 'from 0 within a kind, the nearest first; in decoder, its own SAE’s before those of others',
    other_layer: 'layer of the neighbour',
    other_sae: 'its SAE',
    other_feature: 'its number there',
    value: 'the cosine or correlation',
    twin: 'whether their directions are one, by a cosine over 0.999; false for other kinds than decoder',
  },
  maps: {
    sae: 'the SAE that is drawn alone; null: all together',
    method: 'umap, or pca: the plane of the first two principal components',
    features: 'features on it',
    plane_variance: 'share of the variance of their directions that lies in the first two principal components',
  },
  map_places: {
    x: 'horizontal place among its SAE’s features, in that map’s own units',
    y: 'vertical place, likewise',
    all_x:
      'horizontal place among those of all SAEs; the site draws groups that lie far apart nearer to each other; null where there is one SAE',
    all_y: 'vertical place, likewise',
  },
} satisfies NotesOfTables;
