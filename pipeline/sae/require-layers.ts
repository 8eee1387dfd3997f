import { UserError } from '../errors/user-error.ts';

/** Throws UserError for a layer that is asked for and has no SAE, naming those that have. */
export function requireLayers(saes: readonly { readonly layer: number }[], asked: readonly number[] = []): void {
  const layers = [...new Set(saes.map(({ layer }) => layer))];
  const missing = asked.find((layer) => !layers.includes(layer));
  if (missing !== undefined)
    throw new UserError(`no sae of layer ${missing}: there are saes of layers ${layers.join(', ')}`);
}
