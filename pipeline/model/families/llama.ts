import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import { plainConventions } from '../conventions.ts';
import { type Family, type Stored, storedTensors, transposed, whole } from '../family.ts';
import type { ModelConfig } from '../model.ts';
import { activation, parseHub, size, tokenId } from './hub-fields.ts';

/** Where no scaling is asked for, the name of its kind may stand all the same; any other kind is refused. */
const plainRope = z
  .object({
    rope_type: z.literal('default').optional(),
    type: z.literal('default').optional(),
    rope_theta: z.number().positive().optional(),
    partial_rotary_factor: z.literal(1).optional(),
  })
  .strict()
  .nullish();
const hubConfig = z.object({
  num_hidden_layers: size,
  num_attention_heads: size,
  num_key_value_heads: size.nullish(),
  head_dim: size.nullish(),
  hidden_size: size,
  intermediate_size: size,
  max_position_embeddings: size,
  vocab_size: size,
  rms_norm_eps: z.number().positive(),
  rope_theta: z.number().positive().nullish(),
  rope_scaling: plainRope,
  /** Newer transformers keep θ here. */
  rope_parameters: plainRope,
  partial_rotary_factor: z.literal(1).nullish(),
  sliding_window: z.null().optional(),
  hidden_act: activation.prefault('silu'),
  attention_bias: z.literal(false).default(false),
  mlp_bias: z.literal(false).default(false),
  tie_word_embeddings: z.boolean().default(false),
  bos_token_id: tokenId,
  eos_token_id: tokenId,
});

function parseConfig(json: unknown, file: string): ModelConfig {
  const hub = parseHub(hubConfig, json, file);
  const nHeads = hub.num_attention_heads;
  const nKvHeads = hub.num_key_value_heads ?? nHeads;
  const dHead = hub.head_dim ?? hub.hidden_size / nHeads;
  if (!Number.isInteger(dHead)) {
    throw new UserError(`invalid hidden_size: ${hub.hidden_size}, expected a multiple of ${nHeads} heads (${file})`);
  }
  if (dHead % 2 !== 0) throw new UserError(`invalid head_dim: ${dHead}, expected an even number to rotate (${file})`);
  if (nHeads % nKvHeads !== 0) {
    throw new UserError(`invalid num_key_value_heads: ${nKvHeads}, expected a divisor of ${nHeads} heads (${file})`);
  }
  const theta = hub.rope_parameters?.rope_theta ?? hub.rope_scaling?.rope_theta ?? hub.rope_theta ?? 10000;
  const eosTokenId = hub.eos_token_id ?? hub.vocab_size - 1;
  return {
    ...plainConventions,
    modelType: 'llama',
    nLayers: hub.num_hidden_layers,
    nHeads,
    nKvHeads,
    dHead,
    dModel: hub.hidden_size,
    dMlp: hub.intermediate_size,
    nContext: hub.max_position_embeddings,
    vocabSize: hub.vocab_size,
    norm: 'rms',
    finalNorm: 'rms',
    epsilon: hub.rms_norm_eps,
    positions: 'none',
    rotary: { dims: dHead, frequencies: ropeFrequencies(dHead, theta), pairs: 'halves' },
    activation: hub.hidden_act,
    gated: true,
    biases: { queryKeyValue: false, output: false, mlp: false, unembedding: false },
    bosTokenId: hub.bos_token_id ?? eosTokenId,
    eosTokenId,
    tiedEmbedding: hub.tie_word_embeddings,
  };
}

/** θ^(−2i/dims) of each pair i. Source: Su et al. 2021, arXiv:2104.09864, section 3.2.2. */
function ropeFrequencies(dims: number, theta: number): number[] {
  return Array.from({ length: dims / 2 }, (_, i) => theta ** ((-2 * i) / dims));
}

const shared = {
  'embedding.tokens': 'model.embed_tokens.weight',
  'final.norm.gain': 'model.norm.weight',
  unembedding: 'lm_head.weight',
};
const inLayer = {
  'attention.norm.gain': 'input_layernorm.weight',
  'attention.query.weight': 'self_attn.q_proj.weight',
  'attention.key.weight': 'self_attn.k_proj.weight',
  'attention.value.weight': 'self_attn.v_proj.weight',
  'attention.output.weight': 'self_attn.o_proj.weight',
  'mlp.norm.gain': 'post_attention_layernorm.weight',
  'mlp.gate.weight': 'mlp.gate_proj.weight',
  'mlp.in.weight': 'mlp.up_proj.weight',
  'mlp.out.weight': 'mlp.down_proj.weight',
};

function stored(config: ModelConfig): Record<string, Stored> {
  const names = { shared, inLayer, prefix: (layer: number) => `model.layers.${layer}.` };
  return storedTensors(config, names, (theirs, shape) =>
    theirs.endsWith('_proj.weight') ? transposed(theirs, shape) : whole(theirs, shape),
  );
}

/**
 * Llama 1 and 2: rotary positions, RMSNorm, grouped key-value heads, gated MLP, no biases.
 * Source: Touvron et al. 2023, arXiv:2302.13971; names and layout as Hugging Face's LlamaForCausalLM saves them.
 */
export const llama: Family = { modelType: 'llama', prefixes: [''], parseConfig, stored };
