import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import { plainConventions } from '../conventions.ts';
import { type Stored, storedTensors, transposed, whole } from '../family.ts';
import type { ModelConfig } from '../model.ts';
import { layerCount, positive, size, tokenId } from './hub-fields.ts';
import { ropeFields, rotaryPositions } from './hub-rope.ts';

/** Fields of config.json that Llama, Mistral, Qwen and Gemma have in common. */
export const decoderFields = {
  num_hidden_layers: layerCount,
  num_attention_heads: size,
  num_key_value_heads: size.nullish(),
  head_dim: size.nullish(),
  hidden_size: size,
  intermediate_size: size,
  max_position_embeddings: size,
  vocab_size: size,
  rms_norm_eps: positive.default(1e-6),
  rope_theta: positive.nullish(),
  rope_scaling: ropeFields,
  /** Newer configs keep θ and the scaling here. */
  rope_parameters: ropeFields,
  partial_rotary_factor: z.literal(1).nullish(),
  original_max_position_embeddings: positive.nullish(),
  bos_token_id: tokenId,
  eos_token_id: tokenId,
};
const decoderSchema = z.object(decoderFields);
type Decoder = z.infer<typeof decoderSchema>;

/** What a family adds to the fields. */
interface DecoderConventions extends Partial<ModelConfig> {
  readonly modelType: string;
  readonly activation: ModelConfig['activation'];
  readonly biases: ModelConfig['biases'];
  readonly tiedEmbedding: boolean;
}

/** A decoder of RMSNorms, rotary positions, grouped key-value heads and a gated MLP. Throws UserError for sizes that do not fit. */
export function gatedDecoder(hub: Decoder, conventions: DecoderConventions, file: string): ModelConfig {
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
  const eosTokenId = hub.eos_token_id ?? hub.vocab_size - 1;
  return {
    ...plainConventions,
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
    rotary: 'rotary' in conventions ? (conventions.rotary ?? null) : rotaryOfDecoder(hub, dHead, file),
    gated: true,
    bosTokenId: hub.bos_token_id ?? eosTokenId,
    eosTokenId,
    ...conventions,
  };
}

/** `rope_scaling` counts before `rope_parameters`, as in transformers, where it holds anything. */
function rotaryOfDecoder(hub: Decoder, dims: number, file: string) {
  const isOlder = Object.keys(hub.rope_scaling ?? {}).length > 0;
  const [fields, name] = isOlder ? [hub.rope_scaling, 'rope_scaling'] : [hub.rope_parameters, 'rope_parameters'];
  const partial = fields?.partial_rotary_factor ?? 1;
  if (partial !== 1) {
    throw new UserError(`invalid ${name}.partial_rotary_factor: ${partial}, expected 1 (${file})`);
  }
  const { rope_theta: theta, max_position_embeddings: nContext, original_max_position_embeddings: original } = hub;
  const options = { name, dims, theta: theta ?? 10000, nContext, original, file };
  return rotaryPositions(fields, options);
}

const shared = {
  'embedding.tokens': 'embed_tokens.weight',
  'final.norm.gain': 'norm.weight',
  unembedding: 'lm_head.weight',
};
const inLayer = {
  'attention.norm.gain': 'input_layernorm.weight',
  'attention.query.weight': 'self_attn.q_proj.weight',
  'attention.query.bias': 'self_attn.q_proj.bias',
  'attention.key.weight': 'self_attn.k_proj.weight',
  'attention.key.bias': 'self_attn.k_proj.bias',
  'attention.value.weight': 'self_attn.v_proj.weight',
  'attention.value.bias': 'self_attn.v_proj.bias',
  'attention.query_norm.gain': 'self_attn.q_norm.weight',
  'attention.key_norm.gain': 'self_attn.k_norm.weight',
  'attention.output.weight': 'self_attn.o_proj.weight',
  'attention.output.bias': 'self_attn.o_proj.bias',
  'mlp.norm.gain': 'post_attention_layernorm.weight',
  'mlp.gate.weight': 'mlp.gate_proj.weight',
  'mlp.gate.bias': 'mlp.gate_proj.bias',
  'mlp.in.weight': 'mlp.up_proj.weight',
  'mlp.in.bias': 'mlp.up_proj.bias',
  'mlp.out.weight': 'mlp.down_proj.weight',
  'mlp.out.bias': 'mlp.down_proj.bias',
};
/** Of layers that normalise what attention and the MLP write. */
const withPostNorms = {
  ...inLayer,
  'attention.post_norm.gain': 'post_attention_layernorm.weight',
  'mlp.norm.gain': 'pre_feedforward_layernorm.weight',
  'mlp.post_norm.gain': 'post_feedforward_layernorm.weight',
};

/** What comes before the names: of a whole model, of its decoder alone, and of the decoder of a model that sees images. */
export const decoderPrefixes = ['model.', '', 'model.language_model.', 'language_model.model.', 'language_model.'];

/** The tensors' places, maps as [dOut, dIn]; `gain` says how a gain is stored. */
export function storedDecoder(config: ModelConfig, gain: (place: Stored) => Stored = (place) => place) {
  const names = {
    shared,
    inLayer: config.postNorms ? withPostNorms : inLayer,
    prefix: (layer: number) => `layers.${layer}.`,
  };
  return storedTensors(config, names, (theirs, shape, own) => {
    if (own.endsWith('.gain')) return gain(whole(theirs, shape));
    return theirs.endsWith('_proj.weight') ? transposed(theirs, shape) : whole(theirs, shape);
  });
}
