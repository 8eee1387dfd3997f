import { plainConventions } from '../pipeline/model/conventions.ts';
import type { ModelConfig } from '../pipeline/model/model.ts';

/** What a timing case is made of: a model, one SAE on its last layer, and how much text. */
export interface Shape {
  readonly name: string;
  readonly nLayers: number;
  readonly dModel: number;
  readonly nHeads: number;
  readonly dSae: number;
  readonly contexts: number;
  /** Tokens of a context. */
  readonly length: number;
  readonly vocabSize: number;
}

export function modelConfigOf({ nLayers, dModel, nHeads, length, vocabSize }: Shape): ModelConfig {
  return {
    ...plainConventions,
    modelType: 'gpt2',
    nLayers,
    nHeads,
    nKvHeads: nHeads,
    dHead: dModel / nHeads,
    dModel,
    dMlp: 4 * dModel,
    nContext: length,
    vocabSize,
    norm: 'layer',
    finalNorm: 'layer',
    epsilon: 1e-5,
    positions: 'learned',
    activation: 'gelu_new',
    gated: false,
    biases: { queryKeyValue: true, output: true, mlp: true, unembedding: false },
    bosTokenId: vocabSize - 1,
    eosTokenId: vocabSize - 1,
    tiedEmbedding: true,
  };
}

export const tokensOf = ({ contexts, length }: Pick<Shape, 'contexts' | 'length'>): number => contexts * length;

/** `A: 2 layers of width 256, 8 heads, dSae 2,048, 512 contexts of 128, vocabulary 50,257`. */
export function describeShape({ name, nLayers, dModel, nHeads, dSae, contexts, length, vocabSize }: Shape): string {
  const [sae, words] = [dSae, vocabSize].map((size) => size.toLocaleString('en-US'));
  const model = `${nLayers} ${nLayers === 1 ? 'layer' : 'layers'} of width ${dModel}, ${nHeads} heads`;
  return `${name}: ${model}, dSae ${sae}, ${contexts} contexts of ${length}, vocabulary ${words}`;
}
