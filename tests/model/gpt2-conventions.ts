import type { ModelConfig } from '../../pipeline/model/model.ts';

/** What every GPT-2 has in its config besides sizes and tokens. */
export const gpt2Conventions = {
  modelType: 'gpt2',
  norm: 'layer',
  epsilon: 1e-5,
  positions: 'learned',
  rotary: null,
  activation: 'gelu_new',
  gated: false,
  biases: { queryKeyValue: true, output: true, mlp: true },
} satisfies Partial<ModelConfig>;
