import type { ModelConfig } from './model.ts';

/** What most transformers have in common; a family states where it differs. */
export const plainConventions = {
  normGain: true,
  postNorms: false,
  queryKeyNorm: false,
  rotary: null,
  embeddingScale: 1,
  attentionScale: null,
  attentionSoftcap: null,
  windows: null,
  mlpInnerNorm: false,
  parallel: false,
  logitSoftcap: null,
} as const satisfies Partial<ModelConfig>;
