import { UserError } from '../errors/user-error.ts';

/**
 * One SAE of each layer, by which lower layers are taken apart: those asked for by id, else the first. A sum over two of
 * one layer would count what that layer writes twice. Throws UserError for an id that is not there.
 */
export function lowerSaes<T extends { readonly id: string; readonly layer: number }>(
  saes: readonly T[],
  asked: readonly string[] = [],
): T[] {
  for (const id of asked) {
    const own = saes.find((sae) => sae.id === id);
    if (!own)
      throw new UserError(`no sae ${id} for --upstream-saes: there are ${saes.map((sae) => sae.id).join(', ')}`);
    const other = asked.find((one) => one !== id && saes.find((sae) => sae.id === one)?.layer === own.layer);
    if (other !== undefined)
      throw new UserError(`upstream saes ${id} and ${other} are of one layer, expected one a layer`);
  }
  const layers = [...new Set(saes.map(({ layer }) => layer))];
  return layers.flatMap((layer) => {
    const own = saes.filter((sae) => sae.layer === layer);
    return own.find(({ id }) => asked.includes(id)) ?? own[0] ?? [];
  });
}
