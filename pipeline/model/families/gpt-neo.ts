import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import { plainConventions } from '../conventions.ts';
import { type Family, storedTensors, transposed, whole } from '../family.ts';
import type { ModelConfig } from '../model.ts';
import { activation, layerCount, positive, size, tokenId } from './hub-fields.ts';
import { windowsOf } from './hub-windows.ts';
import { byOwnNames, parseHub } from './parse-hub.ts';

/** Lists of kinds of attention, each so many times over: [[["global", "local"], 12]]. */
const attentionTypes = z.array(z.tuple([z.array(z.enum(['global', 'local'])), z.int().nonnegative()]));

const hubConfig = z.object({
  num_layers: layerCount,
  num_heads: size,
  hidden_size: size,
  intermediate_size: size.nullish(),
  max_position_embeddings: size.default(2048),
  vocab_size: size,
  layer_norm_epsilon: positive.default(1e-5),
  activation_function: activation.prefault('gelu_new'),
  attention_types: attentionTypes.nullable().default([[['global', 'local'], 12]]),
  window_size: size.default(256),
  tie_word_embeddings: z.boolean().default(true),
  bos_token_id: tokenId,
  eos_token_id: tokenId,
});

/** GPTNeoConfig's other names, attribute_map of transformers/models/gpt_neo/configuration_gpt_neo.py. */
const otherNames = { num_attention_heads: 'num_heads', num_hidden_layers: 'num_layers' };

function parseConfig(json: unknown, file: string): ModelConfig {
  const hub = parseHub(hubConfig, byOwnNames(json, otherNames), file);
  const { num_layers: nLayers, num_heads: nHeads, hidden_size: dModel } = hub;
  if (dModel % nHeads !== 0) {
    throw new UserError(`invalid num_heads: ${nHeads}, expected a divisor of hidden_size ${dModel} (${file})`);
  }
  const eosTokenId = hub.eos_token_id ?? hub.vocab_size - 1;
  return {
    ...plainConventions,
    modelType: 'gpt_neo',
    nLayers,
    nHeads,
    nKvHeads: nHeads,
    dHead: dModel / nHeads,
    dModel,
    dMlp: hub.intermediate_size ?? 4 * dModel,
    nContext: hub.max_position_embeddings,
    vocabSize: hub.vocab_size,
    norm: 'layer',
    finalNorm: 'layer',
    epsilon: hub.layer_norm_epsilon,
    positions: 'learned',
    attentionScale: 1,
    windows: windowsOf(localLayers(hub, file), hub.window_size, file),
    activation: hub.activation_function,
    gated: false,
    biases: { queryKeyValue: false, output: true, mlp: true, unembedding: false },
    tiedEmbedding: hub.tie_word_embeddings,
    bosTokenId: hub.bos_token_id ?? eosTokenId,
    eosTokenId,
  };
}

function localLayers({ attention_types, num_layers }: z.infer<typeof hubConfig>, file: string): boolean[] {
  const types = (attention_types ?? []).filter(([kinds]) => kinds.length > 0);
  const count = types.reduce((sum, [kinds, times]) => sum + kinds.length * times, 0);
  if (count !== num_layers) {
    const found = `${count} layers`;
    throw new UserError(`invalid attention_types: ${found}, expected one for each of ${num_layers} (${file})`);
  }
  const kinds = types.flatMap(([own, times]) => Array.from({ length: times }, () => own).flat());
  return kinds.map((kind) => kind === 'local');
}

const shared = {
  'embedding.tokens': 'wte.weight',
  'embedding.positions': 'wpe.weight',
  'final.norm.gain': 'ln_f.weight',
  'final.norm.bias': 'ln_f.bias',
  unembedding: 'lm_head.weight',
};
/** Behind `h.LAYER.`. */
const inLayer = {
  'attention.norm.gain': 'ln_1.weight',
  'attention.norm.bias': 'ln_1.bias',
  'attention.query.weight': 'attn.attention.q_proj.weight',
  'attention.key.weight': 'attn.attention.k_proj.weight',
  'attention.value.weight': 'attn.attention.v_proj.weight',
  'attention.output.weight': 'attn.attention.out_proj.weight',
  'attention.output.bias': 'attn.attention.out_proj.bias',
  'mlp.norm.gain': 'ln_2.weight',
  'mlp.norm.bias': 'ln_2.bias',
  'mlp.in.weight': 'mlp.c_fc.weight',
  'mlp.in.bias': 'mlp.c_fc.bias',
  'mlp.out.weight': 'mlp.c_proj.weight',
  'mlp.out.bias': 'mlp.c_proj.bias',
};

/**
 * GPT-Neo, TinyStories among it: GPT-2's layer without a scale of the scores and without biases of queries, keys and
 * values, and with a window in every other layer.
 * Source: Black et al. 2021, doi:10.5281/zenodo.5297715; names and layout as Hugging Face's GPTNeoForCausalLM saves them.
 */
export const gptNeo: Family = {
  modelType: 'gpt_neo',
  prefixes: ['transformer.', ''],
  parseConfig,
  stored(config) {
    const names = { shared, inLayer, prefix: (layer: number) => `h.${layer}.` };
    return storedTensors(config, names, (theirs, shape, own) =>
      /^layers.*(query|key|value|output|in|out)\.weight$/.test(own) ? transposed(theirs, shape) : whole(theirs, shape),
    );
  },
};
