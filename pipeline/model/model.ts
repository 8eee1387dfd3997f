import type { FloatTensor } from '../numbers/tensor.ts';

/** The sizes and conventions of a transformer, read from its config file by its architecture. */
export interface ModelConfig {
  readonly modelType: string;
  readonly nLayers: number;
  readonly nHeads: number;
  readonly dHead: number;
  readonly dModel: number;
  readonly dMlp: number;
  /** Longest context the model was made for, in tokens. */
  readonly nContext: number;
  readonly vocabSize: number;
  /** Added to the variance inside LayerNorm. */
  readonly epsilon: number;
  readonly activation: 'gelu_new' | 'gelu' | 'relu';
  readonly bosTokenId: number;
  readonly eosTokenId: number;
  readonly tiedEmbedding: boolean;
  /** Layers whose z is z − c, their value bias folded away (core/folded-bias.ts); none where it is left out. */
  readonly foldedLayers?: readonly number[] | undefined;
}

/** A transformer's config and its weights, named as its architecture names them. */
export interface Model {
  readonly config: ModelConfig;
  /** The ids that its tokenizer can name, in order; other rows pad the embedding. Every row where it is left out. */
  readonly vocabulary?: Int32Array;
  readonly weights: Readonly<Record<string, FloatTensor>>;
}
