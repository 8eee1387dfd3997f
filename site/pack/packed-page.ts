import { fetchFile, unzip } from '../fetch/fetch-file.ts';
import { fetchPart } from '../fetch/fetch-part.ts';
import { type PackIndex, packIndexFile, placeOf } from './pack-index.ts';
import { pageAt } from './page-text.ts';

interface PackedPage {
  readonly head: string;
  readonly body: string;
}

/** Where an SAE's feature pages lie in its packs. `base` is the address of the site's folder. */
export async function fetchPackIndex(base: string, sae: string): Promise<PackIndex> {
  return (await fetchFile(base + packIndexFile(sae))).json();
}

/** A feature's page out of its pack; undefined where the SAE has no such feature. */
export async function packedPage(
  { base, sae, index }: { readonly base: string; readonly sae: string; readonly index: PackIndex },
  feature: number,
): Promise<PackedPage | undefined> {
  const place = placeOf(sae, feature, index);
  if (!place) return undefined;
  const group = await unzip(await fetchPart(base + place.file, place));
  return pageAt(new TextDecoder().decode(group), place.place);
}
