import { plainConventions } from '../../pipeline/model/conventions.ts';
import type { ModelConfig } from '../../pipeline/model/model.ts';

/** What every GPT-2 has in its config besides sizes and tokens. */
export const gpt2Conventions = {
  ...plainConventions,
  modelType: 'gpt2',
  norm: 'layer',
  finalNorm: 'layer',
  epsilon: 1e-5,
  positions: 'learned',
  activation: 'gelu_new',
  gated: false,
  biases: { queryKeyValue: true, output: true, mlp: true, unembedding: false },
} satisfies Partial<ModelConfig>;
