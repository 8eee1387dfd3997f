import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import { plainConventions } from '../conventions.ts';
import { columnPart, type Family, storedTensors, transposed, turned, whole } from '../family.ts';
import type { ModelConfig } from '../model.ts';
import { activation, layerCount, positive, size, tokenId } from './hub-fields.ts';
import { ropeFields, rotaryPositions } from './hub-rope.ts';
import { parseHub } from './parse-hub.ts';

const hubConfig = z.object({
  num_hidden_layers: layerCount,
  num_attention_heads: size,
  hidden_size: size,
  intermediate_size: size,
  max_position_embeddings: size.default(2048),
  vocab_size: size,
  layer_norm_eps: positive.default(1e-5),
  hidden_act: activation.prefault('gelu'),
  use_parallel_residual: z.boolean().default(true),
  attention_bias: z.boolean().default(true),
  rotary_pct: positive.nullish(),
  rotary_emb_base: positive.nullish(),
  rope_scaling: ropeFields,
  /** Newer configs keep θ and the share of rotated dimensions here. */
  rope_parameters: ropeFields,
  tie_word_embeddings: z.boolean().default(false),
  bos_token_id: tokenId,
  eos_token_id: tokenId,
});

function parseConfig(json: unknown, file: string): ModelConfig {
  const hub = parseHub(hubConfig, json, file);
  const { num_attention_heads: nHeads, hidden_size: dModel } = hub;
  if (dModel % nHeads !== 0) {
    throw new UserError(
      `invalid num_attention_heads: ${nHeads}, expected a divisor of hidden_size ${dModel} (${file})`,
    );
  }
  const dHead = dModel / nHeads;
  const eosTokenId = hub.eos_token_id ?? hub.vocab_size - 1;
  return {
    ...plainConventions,
    modelType: 'gpt_neox',
    nLayers: hub.num_hidden_layers,
    nHeads,
    nKvHeads: nHeads,
    dHead,
    dModel,
    dMlp: hub.intermediate_size,
    nContext: hub.max_position_embeddings,
    vocabSize: hub.vocab_size,
    norm: 'layer',
    finalNorm: 'layer',
    epsilon: hub.layer_norm_eps,
    positions: 'none',
    rotary: rotaryOfNeoX(hub, dHead, file),
    parallel: hub.use_parallel_residual,
    activation: hub.hidden_act,
    gated: false,
    biases: { queryKeyValue: hub.attention_bias, output: hub.attention_bias, mlp: true, unembedding: false },
    tiedEmbedding: hub.tie_word_embeddings,
    bosTokenId: hub.bos_token_id ?? eosTokenId,
    eosTokenId,
  };
}

function rotaryOfNeoX(hub: z.infer<typeof hubConfig>, dHead: number, file: string) {
  const isOlder = Object.keys(hub.rope_scaling ?? {}).length > 0;
  const [fields, name] = isOlder ? [hub.rope_scaling, 'rope_scaling'] : [hub.rope_parameters, 'rope_parameters'];
  const dims = Math.trunc(dHead * (fields?.partial_rotary_factor ?? hub.rotary_pct ?? 0.25));
  const theta = hub.rotary_emb_base ?? 10000;
  return rotaryPositions(fields, { name, dims, theta, nContext: hub.max_position_embeddings, file });
}

const shared = {
  'embedding.tokens': 'embed_in.weight',
  'final.norm.gain': 'final_layer_norm.weight',
  'final.norm.bias': 'final_layer_norm.bias',
  unembedding: 'embed_out.weight',
};
/** Behind `layers.LAYER.`; query, key and value are one projection. */
const inLayer = {
  'attention.norm.gain': 'input_layernorm.weight',
  'attention.norm.bias': 'input_layernorm.bias',
  'attention.query.weight': 'attention.query_key_value.weight',
  'attention.query.bias': 'attention.query_key_value.bias',
  'attention.key.weight': 'attention.query_key_value.weight',
  'attention.key.bias': 'attention.query_key_value.bias',
  'attention.value.weight': 'attention.query_key_value.weight',
  'attention.value.bias': 'attention.query_key_value.bias',
  'attention.output.weight': 'attention.dense.weight',
  'attention.output.bias': 'attention.dense.bias',
  'mlp.norm.gain': 'post_attention_layernorm.weight',
  'mlp.norm.bias': 'post_attention_layernorm.bias',
  'mlp.in.weight': 'mlp.dense_h_to_4h.weight',
  'mlp.in.bias': 'mlp.dense_h_to_4h.bias',
  'mlp.out.weight': 'mlp.dense_4h_to_h.weight',
  'mlp.out.bias': 'mlp.dense_4h_to_h.bias',
};
const parts = ['query', 'key', 'value'];

/**
 * GPT-NeoX, Pythia among it: rotary positions on a part of each head, attention and MLP beside each other, LayerNorms,
 * and a fused projection that holds query, key and value head by head.
 * Source: Black et al. 2022, arXiv:2204.06745; names and layout as Hugging Face's GPTNeoXForCausalLM saves them.
 */
export const gptNeoX: Family = {
  modelType: 'gpt_neox',
  prefixes: ['gpt_neox.', ''],
  parseConfig,
  stored(config) {
    const names = { shared, inLayer, prefix: (layer: number) => `layers.${layer}.` };
    return storedTensors(config, names, (theirs, shape, own) => {
      const part = /\.(query|key|value)\./.exec(own)?.[1];
      if (part !== undefined) {
        const place = columnPart(theirs, shape, parts.indexOf(part), parts.length, config.nHeads);
        return own.endsWith('.weight') ? turned(place) : place;
      }
      if (own === 'unembedding') return { ...whole(theirs, shape), otherNames: ['lm_head.weight'] };
      return /\.(output|in|out)\.weight$/.test(own) ? transposed(theirs, shape) : whole(theirs, shape);
    });
  },
};
