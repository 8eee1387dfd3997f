import { z } from 'zod';
import { UserError } from '../../errors/user-error.ts';
import { plainConventions } from '../conventions.ts';
import { type Family, headsFirst, reshaped, storedTensors, transposed, whole } from '../family.ts';
import type { ModelConfig } from '../model.ts';
import { layerCount, positive, size } from './hub-fields.ts';
import { parseHub } from './parse-hub.ts';

const normalizations = ['LN', 'LNPre', 'RMS', 'RMSPre'] as const;

/** Activations by TransformerLens's names; solu_ln has a LayerNorm behind it. */
const activations = {
  gelu: 'gelu',
  gelu_new: 'gelu_new',
  gelu_fast: 'gelu_new',
  gelu_pytorch_tanh: 'gelu_new',
  relu: 'relu',
  silu: 'silu',
  solu: 'solu',
  solu_ln: 'solu',
} as const;
type ActivationName = keyof typeof activations;
const isActivationName = (name: string): name is ActivationName => Object.hasOwn(activations, name);

const lensConfig = z
  .object({
    n_layers: layerCount,
    n_heads: size,
    d_head: size,
    d_model: size,
    n_ctx: size,
    d_vocab: size,
    eps: positive.default(1e-5),
    attn_only: z.boolean().default(false),
    normalization: z.enum(normalizations).optional(),
    normalization_type: z.enum(normalizations).optional(),
    final_rms: z.boolean().default(false),
    use_attn_scale: z.boolean().default(true),
    attn_scale: z.number().nullish(),
    /** What other models of TransformerLens's have is refused. */
    shortformer_pos: z.literal(false).nullish(),
    positional_embedding_type: z.literal('standard').default('standard'),
    attention_dir: z.literal('causal').default('causal'),
    gated_mlp: z.literal(false).nullish(),
    parallel_attn_mlp: z.literal(false).nullish(),
    use_local_attn: z.literal(false).nullish(),
    scale_attn_by_inverse_layer_idx: z.literal(false).nullish(),
    use_normalization_before_and_after: z.literal(false).nullish(),
    use_qk_norm: z.literal(false).nullish(),
    post_embedding_ln: z.literal(false).nullish(),
    num_experts: z.null().optional(),
    n_key_value_heads: z.null().optional(),
    attn_scores_soft_cap: z.union([z.literal(-1), z.literal(0)]).nullish(),
    output_logits_soft_cap: z.union([z.literal(-1), z.literal(0)]).nullish(),
    rmsnorm_uses_offset: z.literal(false).nullish(),
  })
  .refine(({ normalization, normalization_type: type }) => normalization ?? type, {
    path: ['normalization'],
    message: normalizations.join(', '),
  });

/** What layers of attention alone do not read. */
const mlpConfig = z.object({
  d_mlp: size.nullish(),
  act_fn: z.enum(Object.keys(activations).filter(isActivationName)),
});
const noMlp = { dMlp: 0, activation: 'relu', mlpInnerNorm: false } as const satisfies Partial<ModelConfig>;

function parseMlp(json: unknown, dModel: number, file: string) {
  const { d_mlp: dMlp, act_fn: named } = parseHub(mlpConfig, json, file);
  return { dMlp: dMlp ?? 4 * dModel, activation: activations[named], mlpInnerNorm: named === 'solu_ln' };
}

function parseConfig(json: unknown, file: string): ModelConfig {
  const lens = parseHub(lensConfig, json, file);
  const mlp = lens.attn_only ? noMlp : parseMlp(json, lens.d_model, file);
  const normalization = lens.normalization ?? lens.normalization_type ?? 'LN';
  const norm = normalization.startsWith('RMS') ? 'rms' : 'layer';
  if (mlp.mlpInnerNorm && norm === 'rms') {
    throw new UserError(`invalid normalization: ${normalization}, expected LN or LNPre with act_fn solu_ln (${file})`);
  }
  const scale = lens.use_attn_scale ? lens.attn_scale : 1;
  return {
    ...plainConventions,
    modelType: 'transformer_lens',
    nLayers: lens.n_layers,
    nHeads: lens.n_heads,
    nKvHeads: lens.n_heads,
    dHead: lens.d_head,
    dModel: lens.d_model,
    nContext: lens.n_ctx,
    vocabSize: lens.d_vocab,
    norm,
    finalNorm: lens.final_rms ? 'rms' : norm,
    normGain: !normalization.endsWith('Pre'),
    epsilon: lens.eps,
    positions: 'learned',
    attentionScale: scale === null || scale === undefined || scale <= 0 ? null : 1 / scale,
    ...mlp,
    gated: false,
    biases: { queryKeyValue: true, output: true, mlp: true, unembedding: true },
    tiedEmbedding: false,
    bosTokenId: lens.d_vocab - 1,
    eosTokenId: lens.d_vocab - 1,
  };
}

const shared = {
  'embedding.tokens': 'embed.W_E',
  'embedding.positions': 'pos_embed.W_pos',
  'final.norm.gain': 'ln_final.w',
  'final.norm.bias': 'ln_final.b',
  unembedding: 'unembed.W_U',
  'unembedding.bias': 'unembed.b_U',
};
/** Behind `blocks.LAYER.`. */
const inLayer = {
  'attention.norm.gain': 'ln1.w',
  'attention.norm.bias': 'ln1.b',
  'attention.query.weight': 'attn.W_Q',
  'attention.query.bias': 'attn.b_Q',
  'attention.key.weight': 'attn.W_K',
  'attention.key.bias': 'attn.b_K',
  'attention.value.weight': 'attn.W_V',
  'attention.value.bias': 'attn.b_V',
  'attention.output.weight': 'attn.W_O',
  'attention.output.bias': 'attn.b_O',
  'mlp.norm.gain': 'ln2.w',
  'mlp.norm.bias': 'ln2.b',
  'mlp.in.weight': 'mlp.W_in',
  'mlp.in.bias': 'mlp.b_in',
  'mlp.inner_norm.gain': 'mlp.ln.w',
  'mlp.inner_norm.bias': 'mlp.ln.b',
  'mlp.out.weight': 'mlp.W_out',
  'mlp.out.bias': 'mlp.b_out',
};

/** Whether a config.json, which names no model_type, is one of TransformerLens's. */
const lensSchema = z.looseObject({
  d_model: z.unknown(),
  d_vocab: z.unknown(),
  n_heads: z.unknown(),
  d_head: z.unknown(),
});

/**
 * TransformerLens's own models (gelu-1l to -4l, solu-1l to -12l, attn-only-1l to -4l): learned positions, biases
 * throughout, the unembedding's among them; MLPs of SoLU with a LayerNorm inside, or none.
 * Source: TransformerLensOrg/TransformerLens, HookedTransformer; names and layout as its state_dict has them.
 */
export const transformerLens: Family = {
  modelType: 'transformer_lens',
  prefixes: [''],
  claims: (json) => lensSchema.safeParse(json).success,
  parseConfig,
  stored(config) {
    const { nHeads, dHead, dModel } = config;
    const names = { shared, inLayer, prefix: (layer: number) => `blocks.${layer}.` };
    return storedTensors(config, names, (theirs, shape, own) => {
      if (own === 'unembedding') return transposed(theirs, shape);
      if (theirs.endsWith('attn.W_O')) return reshaped(theirs, [nHeads, dHead, dModel], shape);
      if (/attn\.W_[QKV]$/.test(theirs)) return headsFirst(theirs, shape, nHeads);
      return /attn\.b_[QKV]$/.test(theirs) ? reshaped(theirs, [nHeads, dHead], shape) : whole(theirs, shape);
    });
  },
};
