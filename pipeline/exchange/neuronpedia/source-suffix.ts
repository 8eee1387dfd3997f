import { idText } from '../exported-saes.ts';

/** What an SAE's source is called besides layer and set: `16k` of `5-16k`, nothing of the only one of a layer. */
export function sourceSuffix({ id, layer }: { readonly id: string; readonly layer: number }): string {
  return id === String(layer) ? '' : idText(id.replace(new RegExp(`^${layer}-`), ''));
}
