import { UserError } from '../../errors/user-error.ts';

// SAEs of other libraries differ in what is transposed, whether b_dec is subtracted and where ReLU is: none is read as if
// it were SAELens's. Source: SAELens, sae_lens/loading/pretrained_sae_loaders.py, which converts each of them.

/** Keys that only one library's configs have; any of them is enough. */
const configKeys: Readonly<Record<string, readonly string[]>> = {
  sparsify: ['num_latents', 'normalize_decoder', 'multi_topk'],
  dictionary_learning: ['trainer', 'dict_class', 'activation_dim'],
  'Gemma Scope 2': ['hf_hook_point_in', 'affine_connection'],
  'Llama Scope': ['sparsity_include_decoder_norm', 'norm_activation', 'jump_relu_threshold', 'hook_point_in'],
  llamascopium: ['sae_type', 'dataset_average_activation_norm'],
  OpenAI: ['n_latents', 'pre_bias', 'latent_bias'],
};

/** Tensors that only one library's files have; all of a row are needed. */
const tensorNames: readonly (readonly [format: string, names: readonly string[]])[] = [
  ['sparsify', ['encoder.weight', 'W_dec']],
  ['OpenAI', ['latent_bias']],
  ['OpenAI', ['pre_bias']],
  ['Llama Scope', ['encoder.weight', 'decoder.weight', 'decoder.bias']],
  ['dictionary_learning', ['encoder.weight', 'decoder.weight']],
  ['llamascopium', ['W_E', 'W_D']],
  ['Gemma Scope 2', ['w_enc', 'w_dec']],
  ['Goodfire', ['encoder_linear.weight']],
  ['Llama Scope R1', ['log_jumprelu_threshold']],
  ['a transcoder', ['W_skip']],
  ['a transcoder', ['affine_skip_connection']],
];
const gatedTensors = ['r_mag', 'b_gate'];

/** Throws UserError for a config of SAELens's place with keys of another library's. */
export function refuseForeignConfig(json: unknown, file: string): void {
  if (typeof json !== 'object' || json === null) return;
  for (const [format, keys] of Object.entries(configKeys)) {
    const key = keys.find((candidate) => candidate in json);
    if (key !== undefined) throw foreign(format, `its config has ${key}`, file);
  }
}

/** Throws UserError for a file with tensors of another library's, or of a gated SAE where its config tells of none. */
export function refuseForeignTensors(names: ReadonlySet<string>, isGated: boolean, file: string): void {
  const found = tensorNames.find(([, needed]) => needed.every((name) => names.has(name)));
  if (found) throw foreign(found[0], `it holds ${found[1].join(' and ')}`, file);
  const gate = isGated ? undefined : gatedTensors.find((name) => names.has(name));
  if (gate) throw new UserError(`${gate} of a gated sae, expected architecture gated in its config (${file})`);
}

export const foreign = (format: string, why: string, path: string) =>
  new UserError(`unsupported sae format: ${format} (${why}), expected its own files or SAELens's (${path})`);
