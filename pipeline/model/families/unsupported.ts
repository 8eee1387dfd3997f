/** What keeps a model from being read, by its model_type: what it is made of, not its size. */
const reasons: Readonly<Record<string, readonly string[]>> = {
  'mixture of experts': [
    ...['mixtral', 'qwen2_moe', 'qwen3_moe', 'olmoe', 'phimoe', 'dbrx', 'deepseek_v2', 'deepseek_v3', 'granitemoe'],
    ...['gpt_oss', 'llama4', 'llama4_text', 'glm4_moe', 'ernie4_5_moe', 'switch_transformers', 'jetmoe', 'minimax'],
  ],
  'hybrid or linear attention': [
    ...['qwen3_next', 'qwen3_5', 'qwen3_5_text', 'qwen3_5_moe', 'jamba', 'bamba', 'zamba', 'zamba2', 'nemotron_h'],
    ...['recurrent_gemma', 'lfm2', 'falcon_h1', 'granitemoehybrid', 'kimi_linear', 'olmo_hybrid', 'minimax_m2'],
  ],
  'no attention': ['mamba', 'mamba2', 'falcon_mamba', 'rwkv', 'xlstm'],
  'ALiBi positions': ['bloom', 'mpt'],
};

/** Why a model of this type is not supported, where that is known. */
export function unsupportedBecause(modelType: string): string | undefined {
  return Object.entries(reasons).find(([, types]) => types.includes(modelType))?.[0];
}
