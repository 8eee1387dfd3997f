import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import { plainConventions } from '../conventions.ts';
import { columnPart, type Family, type Stored, storedTensors, whole } from '../family.ts';
import type { ModelConfig } from '../model.ts';
import { activation, layerCount, size, tokenId } from './hub-fields.ts';
import { byOwnNames, parseHub } from './parse-hub.ts';

const hubConfig = z.object({
  n_layer: layerCount,
  n_head: size,
  n_embd: size,
  n_positions: size,
  vocab_size: size,
  n_inner: size.nullish(),
  layer_norm_epsilon: z.number().positive().default(1e-5),
  activation_function: activation.prefault('gelu_new'),
  bos_token_id: tokenId,
  eos_token_id: tokenId,
  tie_word_embeddings: z.boolean().default(true),
  scale_attn_weights: z.literal(true).default(true),
  scale_attn_by_inverse_layer_idx: z.literal(false).default(false),
  add_cross_attention: z.literal(false).default(false),
});

/** GPT2Config's other names for its sizes, attribute_map of transformers/models/gpt2/configuration_gpt2.py. */
const otherNames = {
  hidden_size: 'n_embd',
  max_position_embeddings: 'n_positions',
  num_attention_heads: 'n_head',
  num_hidden_layers: 'n_layer',
};

function parseConfig(json: unknown, file: string): ModelConfig {
  const hub = parseHub(hubConfig, byOwnNames(json, otherNames), file);
  if (hub.n_embd % hub.n_head !== 0) {
    throw new UserError(`invalid n_head: ${hub.n_head}, expected a divisor of n_embd ${hub.n_embd} (${file})`);
  }
  const eosTokenId = hub.eos_token_id ?? hub.vocab_size - 1;
  return {
    ...plainConventions,
    modelType: 'gpt2',
    nLayers: hub.n_layer,
    nHeads: hub.n_head,
    nKvHeads: hub.n_head,
    dHead: hub.n_embd / hub.n_head,
    dModel: hub.n_embd,
    dMlp: hub.n_inner ?? 4 * hub.n_embd,
    nContext: hub.n_positions,
    vocabSize: hub.vocab_size,
    norm: 'layer',
    finalNorm: 'layer',
    epsilon: hub.layer_norm_epsilon,
    positions: 'learned',
    activation: hub.activation_function,
    gated: false,
    biases: { queryKeyValue: true, output: true, mlp: true, unembedding: false },
    bosTokenId: hub.bos_token_id ?? eosTokenId,
    eosTokenId,
    tiedEmbedding: hub.tie_word_embeddings,
  };
}

const shared = {
  'embedding.tokens': 'wte.weight',
  'embedding.positions': 'wpe.weight',
  'final.norm.gain': 'ln_f.weight',
  'final.norm.bias': 'ln_f.bias',
  unembedding: 'lm_head.weight',
};
/** Behind `h.LAYER.`; query, key and value are one projection. */
const inLayer = {
  'attention.norm.gain': 'ln_1.weight',
  'attention.norm.bias': 'ln_1.bias',
  'attention.query.weight': 'attn.c_attn.weight',
  'attention.query.bias': 'attn.c_attn.bias',
  'attention.key.weight': 'attn.c_attn.weight',
  'attention.key.bias': 'attn.c_attn.bias',
  'attention.value.weight': 'attn.c_attn.weight',
  'attention.value.bias': 'attn.c_attn.bias',
  'attention.output.weight': 'attn.c_proj.weight',
  'attention.output.bias': 'attn.c_proj.bias',
  'mlp.norm.gain': 'ln_2.weight',
  'mlp.norm.bias': 'ln_2.bias',
  'mlp.in.weight': 'mlp.c_fc.weight',
  'mlp.in.bias': 'mlp.c_fc.bias',
  'mlp.out.weight': 'mlp.c_proj.weight',
  'mlp.out.bias': 'mlp.c_proj.bias',
};
const fused = /\.(query|key|value)\.(?:weight|bias)$/;
const parts = ['query', 'key', 'value'];

function stored(config: ModelConfig): Record<string, Stored> {
  const names = { shared, inLayer, prefix: (layer: number) => `h.${layer}.` };
  return storedTensors(config, names, (theirs, shape, own) => {
    const part = fused.exec(own)?.[1];
    return part === undefined ? whole(theirs, shape) : columnPart(theirs, shape, parts.indexOf(part), parts.length);
  });
}

/**
 * GPT-2: learned positions, pre-LayerNorm, one fused query-key-value projection, GELU MLP.
 * Source: Radford et al. 2019; names and layout as Hugging Face's GPT2LMHeadModel saves them.
 */
export const gpt2: Family = { modelType: 'gpt2', prefixes: ['', 'transformer.'], parseConfig, stored };
