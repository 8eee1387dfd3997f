import type { Place } from '../sae.ts';

/** TransformerLens's names of attention outputs, those of its bridges among them, by site. */
const lensHooks: readonly (readonly [site: Place['site'], hook: RegExp])[] = [
  ['z', /^blocks\.(\d+)\.attn\.(?:hook_z|o\.hook_in)$/],
  ['attn_out', /^blocks\.(\d+)\.(?:hook_attn_out|attn\.(?:hook_out|o\.hook_out))$/],
];

/**
 * Hugging Face's modules: `model.layers.5.self_attn`, `h.5.attn.c_proj`, `gpt_neox.layers.5.attention.dense`, and what of
 * them is meant; a module alone means its output.
 */
const module =
  /^(?:[\w.]+\.)?(?:layers|h|blocks)\.(\d+)\.(?:self_attn|attn|attention)(?:\.attention)?(\.(?:o_proj|c_proj|out_proj|dense))?(?:\.(input|output))?(?:\.0)?$/;

/** The layer and the site that a hook's name holds; nothing where it is not an attention output. */
export function placeOfHook(hook: string): Place | undefined {
  for (const [site, pattern] of lensHooks) {
    const layer = pattern.exec(hook)?.[1];
    if (layer !== undefined) return { layer: Number(layer), site };
  }
  const [, layer, projection, end] = module.exec(hook) ?? [];
  if (layer === undefined) return undefined;
  if (end !== 'input') return { layer: Number(layer), site: 'attn_out' };
  return projection === undefined ? undefined : { layer: Number(layer), site: 'z' };
}
