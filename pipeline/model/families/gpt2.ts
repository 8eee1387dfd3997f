import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import { type FloatTensor, float32, type Shape } from '../../numbers/tensor.ts';
import type { Architecture, LinearMap, Weights } from '../architecture.ts';
import type { ModelConfig } from '../model.ts';
import { gelu, geluNew, layerNorm, linear, splitHeads, standardDeviation } from '../ops.ts';

const size = z.int().positive();
/** An id, the first of several, or none: null, -1 and an empty list say none. */
const tokenId = z
  .union([z.int(), z.array(z.int())])
  .nullish()
  .transform((ids) => {
    const [first = -1] = [ids ?? []].flat();
    return first < 0 ? undefined : first;
  });
/** Hugging Face's names of one formula, ACT2FN of transformers/activations.py. */
const activationNames = {
  gelu_new: 'gelu_new',
  gelu_pytorch_tanh: 'gelu_new',
  gelu_python_tanh: 'gelu_new',
  gelu_fast: 'gelu_new',
  gelu_accurate: 'gelu_new',
  gelu: 'gelu',
  gelu_python: 'gelu',
  relu: 'relu',
} as const;
type ActivationName = keyof typeof activationNames;
const isActivationName = (name: string): name is ActivationName => Object.hasOwn(activationNames, name);
const hubConfig = z.object({
  n_layer: size,
  n_head: size,
  n_embd: size,
  n_positions: size,
  vocab_size: size,
  n_inner: size.nullish(),
  layer_norm_epsilon: z.number().positive().default(1e-5),
  activation_function: z.enum(Object.keys(activationNames).filter(isActivationName)).default('gelu_new'),
  bos_token_id: tokenId,
  eos_token_id: tokenId,
  tie_word_embeddings: z.boolean().default(true),
  scale_attn_weights: z.literal(true).default(true),
  scale_attn_by_inverse_layer_idx: z.literal(false).default(false),
  add_cross_attention: z.literal(false).default(false),
});

/** GPT2Config's other names for its sizes, attribute_map of transformers/models/gpt2/configuration_gpt2.py. */
const otherNames: Readonly<Record<string, string>> = {
  hidden_size: 'n_embd',
  max_position_embeddings: 'n_positions',
  num_attention_heads: 'n_head',
  num_hidden_layers: 'n_layer',
};

function byOwnNames(json: unknown): unknown {
  if (typeof json !== 'object' || json === null) return json;
  const renamed = Object.entries(json).map(([name, value]) => [otherNames[name] ?? name, value]);
  return { ...Object.fromEntries(renamed), ...json };
}

function parseConfig(json: unknown, file: string): ModelConfig {
  const parsed = hubConfig.safeParse(byOwnNames(json));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new UserError(
      `invalid ${issue?.path.join('.') || 'config'}: ${issue?.message ?? 'not a GPT-2 config'} (${file})`,
    );
  }
  const hub = parsed.data;
  if (hub.n_embd % hub.n_head !== 0) {
    throw new UserError(`invalid n_head: ${hub.n_head}, expected a divisor of n_embd ${hub.n_embd} (${file})`);
  }
  const eosTokenId = hub.eos_token_id ?? hub.vocab_size - 1;
  return {
    modelType: 'gpt2',
    nLayers: hub.n_layer,
    nHeads: hub.n_head,
    dHead: hub.n_embd / hub.n_head,
    dModel: hub.n_embd,
    dMlp: hub.n_inner ?? 4 * hub.n_embd,
    nContext: hub.n_positions,
    vocabSize: hub.vocab_size,
    epsilon: hub.layer_norm_epsilon,
    activation: activationNames[hub.activation_function],
    bosTokenId: hub.bos_token_id ?? eosTokenId,
    eosTokenId,
    tiedEmbedding: hub.tie_word_embeddings,
  };
}

function tensors(config: ModelConfig): Record<string, Shape> {
  const { dModel, dMlp, vocabSize, nContext, nLayers, tiedEmbedding, foldedLayers = [] } = config;
  const shapes: Record<string, Shape> = { 'wte.weight': [vocabSize, dModel], 'wpe.weight': [nContext, dModel] };
  for (let layer = 0; layer < nLayers; layer++) {
    Object.assign(shapes, {
      [`h.${layer}.ln_1.weight`]: [dModel],
      [`h.${layer}.ln_1.bias`]: [dModel],
      [`h.${layer}.attn.c_attn.weight`]: [dModel, 3 * dModel],
      [`h.${layer}.attn.c_attn.bias`]: [3 * dModel],
      [`h.${layer}.attn.c_proj.weight`]: [dModel, dModel],
      [`h.${layer}.attn.c_proj.bias`]: [dModel],
      [`h.${layer}.ln_2.weight`]: [dModel],
      [`h.${layer}.ln_2.bias`]: [dModel],
      [`h.${layer}.mlp.c_fc.weight`]: [dModel, dMlp],
      [`h.${layer}.mlp.c_fc.bias`]: [dMlp],
      [`h.${layer}.mlp.c_proj.weight`]: [dMlp, dModel],
      [`h.${layer}.mlp.c_proj.bias`]: [dModel],
    });
  }
  for (const layer of foldedLayers) shapes[foldedBiasName(layer)] = [dModel];
  Object.assign(shapes, { 'ln_f.weight': [dModel], 'ln_f.bias': [dModel] });
  if (!tiedEmbedding) shapes['lm_head.weight'] = [vocabSize, dModel];
  return shapes;
}

const foldedBiasName = (layer: number) => `h.${layer}.attn.folded_bias`;

/** c = b_V, and β·W_V where the normalisation's bias is folded too: [dModel], summed in float64. */
function valueBias(
  { dModel }: ModelConfig,
  tensors: Readonly<Record<string, FloatTensor>>,
  layer: number,
  withNorm: boolean,
): Float64Array {
  const data = (name: string) => hostTensor(tensors, `h.${layer}.${name}`).data;
  const [weight, bias, beta] = [data('attn.c_attn.weight'), data('attn.c_attn.bias'), data('ln_1.bias')];
  const c = Float64Array.from(bias.subarray(2 * dModel));
  if (!withNorm) return c;
  for (let d = 0; d < dModel; d++) {
    const row = weight.subarray((3 * d + 2) * dModel, (3 * d + 3) * dModel);
    for (let i = 0; i < dModel; i++) c[i] = (c[i] ?? 0) + (beta[d] ?? 0) * (row[i] ?? 0);
  }
  return c;
}

function hostTensor(tensors: Readonly<Record<string, FloatTensor>>, name: string): FloatTensor {
  const tensor = tensors[name];
  if (!tensor) throw new Error(`weight ${name} is not loaded`);
  return tensor;
}

function pick(weights: Weights, name: string): tf.Tensor {
  const tensor = weights[name];
  if (!tensor) throw new Error(`weight ${name} is not loaded`);
  return tensor;
}

/** Query (0), key (1) or value (2) out of the fused projection. */
function fusedPart(config: ModelConfig, weights: Weights, layer: number, part: number): LinearMap {
  const p = `h.${layer}.attn.c_attn`;
  return {
    weight: tf.slice(pick(weights, `${p}.weight`), [0, part * config.dModel], [-1, config.dModel]),
    bias: tf.slice(pick(weights, `${p}.bias`), [part * config.dModel], [config.dModel]),
  };
}

const activations = { gelu_new: geluNew, gelu, relu: (x: tf.Tensor): tf.Tensor => tf.relu(x) };
const unembeddingName = (config: ModelConfig) => (config.tiedEmbedding ? 'wte.weight' : 'lm_head.weight');

/**
 * GPT-2: learned positions, pre-LayerNorm, one fused query-key-value projection, GELU MLP.
 * Source: Radford et al. 2019; names and layout as Hugging Face's GPT2LMHeadModel saves them.
 */
export const gpt2: Architecture = {
  modelType: 'gpt2',
  prefixes: ['', 'transformer.'],
  parseConfig,
  tensors,
  layerTensors: (config, layer) => Object.keys(tensors(config)).filter((name) => name.startsWith(`h.${layer}.`)),

  embed(_config, weights, tokens) {
    const [batch = 1, length = 1] = tokens.shape;
    const wte = pick(weights, 'wte.weight');
    const flat = tf.gather(wte, tf.reshape(tokens, [-1]) as tf.Tensor1D);
    const positions = tf.slice(pick(weights, 'wpe.weight'), [0, 0], [length, -1]);
    return tf.add(tf.reshape(flat, [batch, length, -1]), positions);
  },

  normalizeForAttention(config, weights, layer, residual) {
    const p = `h.${layer}.ln_1`;
    return layerNorm(residual, pick(weights, `${p}.weight`), pick(weights, `${p}.bias`), config.epsilon);
  },

  queryKeyValue(config, weights, layer, normalized) {
    const project = (part: number) => {
      const { weight, bias } = fusedPart(config, weights, layer, part);
      return splitHeads(linear(normalized, weight, bias), config.nHeads);
    };
    return { query: tf.mul(project(0), 1 / Math.sqrt(config.dHead)), key: project(1), value: project(2) };
  },

  attentionOutput(config, weights, layer, z) {
    const p = `h.${layer}.attn.c_proj`;
    const folded = gpt2.foldedBias(config, weights, layer);
    return linear(folded ? tf.add(z, folded) : z, pick(weights, `${p}.weight`), pick(weights, `${p}.bias`));
  },

  mlp(config, weights, layer, residual) {
    const p = `h.${layer}`;
    const normalized = layerNorm(
      residual,
      pick(weights, `${p}.ln_2.weight`),
      pick(weights, `${p}.ln_2.bias`),
      config.epsilon,
    );
    const hidden = linear(normalized, pick(weights, `${p}.mlp.c_fc.weight`), pick(weights, `${p}.mlp.c_fc.bias`));
    const active = activations[config.activation](hidden);
    return linear(active, pick(weights, `${p}.mlp.c_proj.weight`), pick(weights, `${p}.mlp.c_proj.bias`));
  },

  unembed(config, weights, residual) {
    const [batch = 1, length = 1, dModel = 1] = residual.shape;
    const normalized = layerNorm(residual, pick(weights, 'ln_f.weight'), pick(weights, 'ln_f.bias'), config.epsilon);
    const logits = gpt2.toLogits(config, weights, tf.reshape(normalized, [batch * length, dModel]));
    return tf.reshape(logits, [batch, length, config.vocabSize]);
  },

  outputWeight: (_config, weights, layer) => pick(weights, `h.${layer}.attn.c_proj.weight`),
  toLogits: (config, weights, x) =>
    tf.matMul(x as tf.Tensor2D, pick(weights, unembeddingName(config)) as tf.Tensor2D, false, true),
  logitEffectTensors: (config, layer) => [`h.${layer}.attn.c_proj.weight`, unembeddingName(config)],
  unembedding: (config, weights) => pick(weights, unembeddingName(config)),
  finalNorm: (_config, weights) => ({
    gain: pick(weights, 'ln_f.weight'),
    bias: pick(weights, 'ln_f.bias'),
    centred: true,
  }),
  finalScale: (config, _weights, residual) => standardDeviation(residual, config.epsilon),

  embeddingKinds: ['embedding', 'position'],
  embeddingParts(_config, weights, tokens) {
    const [batch = 1, length = 1] = tokens.shape;
    const rows = tf.gather(pick(weights, 'wte.weight'), tf.reshape(tokens, [-1]) as tf.Tensor1D);
    const embedding = tf.reshape(rows, [batch, length, -1]);
    const positions = tf.slice(pick(weights, 'wpe.weight'), [0, 0], [length, -1]);
    return [embedding, tf.broadcastTo(tf.expandDims(positions, 0), embedding.shape)];
  },

  attentionNorm(_config, weights, layer) {
    const p = `h.${layer}.ln_1`;
    return { gain: pick(weights, `${p}.weight`), bias: pick(weights, `${p}.bias`), centred: true };
  },
  attentionScale: (config, _weights, _layer, residual) => standardDeviation(residual, config.epsilon),

  attentionMaps(config, weights, layer) {
    const scale = 1 / Math.sqrt(config.dHead);
    const [query, key, value] = [0, 1, 2].map((part) => fusedPart(config, weights, layer, part));
    if (!query || !key || !value) throw new Error('unreachable: three parts');
    return { query: { weight: tf.mul(query.weight, scale), bias: tf.mul(query.bias, scale) }, key, value };
  },
  attentionTensors: (config, layer) =>
    gpt2.layerTensors(config, layer).filter((name) => /^h\.\d+\.(ln_1|attn)\./.test(name)),
  outputBias: (_config, weights, layer) => pick(weights, `h.${layer}.attn.c_proj.bias`),
  foldedBias: ({ foldedLayers }, weights, layer) =>
    foldedLayers?.includes(layer) ? pick(weights, foldedBiasName(layer)) : undefined,
  foldValueBias(config, tensors, layer, kind) {
    const c = Float32Array.from(valueBias(config, tensors, layer, kind === 'value_and_norm'));
    const name = `h.${layer}.attn.c_attn.bias`;
    const { shape, data } = hostTensor(tensors, name);
    const bias = data.map((value, i) => value - (c[i - 2 * config.dModel] ?? 0));
    return { [name]: float32(shape, bias), [foldedBiasName(layer)]: float32([config.dModel], c) };
  },
};
