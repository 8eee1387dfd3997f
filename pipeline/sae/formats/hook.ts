import type { Place } from '../sae.ts';

/** A place in a model, as an SAE's release names it. */
export interface HookPlace extends Place {
  /** The attention module's own output: where a norm follows W_O, what that norm reads rather than what it gives. */
  readonly isModuleOutput?: true;
  /** What a norm gives that follows W_O in some families, and comes before the MLP in others. */
  readonly isNormOutput?: true;
}

/** TransformerLens's names of attention outputs, those of its bridges among them, and the module of a norm behind W_O. */
const lensHooks: readonly (readonly [place: Omit<HookPlace, 'layer'>, hook: RegExp])[] = [
  [{ site: 'z' }, /^blocks\.(\d+)\.attn\.(?:hook_z|o\.hook_in)$/],
  [{ site: 'attn_out' }, /^blocks\.(\d+)\.hook_attn_out$/],
  [{ site: 'attn_out', isModuleOutput: true }, /^blocks\.(\d+)\.attn\.(?:hook_out|o\.hook_out)$/],
  [{ site: 'attn_out', isNormOutput: true }, /^blocks\.(\d+)\.ln1_post\.hook_out$/],
  [{ site: 'attn_out', isNormOutput: true }, /^(?:[\w.]+\.)?layers\.(\d+)\.post_attention_layernorm(?:\.output)?$/],
];

/**
 * Hugging Face's modules: `model.layers.5.self_attn`, `h.5.attn.c_proj`, `gpt_neox.layers.5.attention.dense`, and what of
 * them is meant; a module alone means its output.
 */
const module =
  /^(?:[\w.]+\.)?(?:layers|h|blocks)\.(\d+)\.(?:self_attn|attn|attention)(?:\.attention)?(\.(?:o_proj|c_proj|out_proj|dense))?(?:\.(input|output))?(?:\.0)?$/;

/** The layer and the site that a hook's name holds; nothing where it is not an attention output. */
export function placeOfHook(hook: string): HookPlace | undefined {
  for (const [place, pattern] of lensHooks) {
    const layer = pattern.exec(hook)?.[1];
    if (layer !== undefined) return { layer: Number(layer), ...place };
  }
  const [, layer, projection, end] = module.exec(hook) ?? [];
  if (layer === undefined) return undefined;
  if (end !== 'input') return { layer: Number(layer), site: 'attn_out', isModuleOutput: true };
  return projection === undefined ? undefined : { layer: Number(layer), site: 'z' };
}
