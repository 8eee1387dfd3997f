import { fetchUnzipped, unzip } from '../fetch/fetch-file.ts';
import { fetchPart } from '../fetch/fetch-part.ts';
import { type PackIndex, packIndexFile, packTokensFile, placeOf } from './pack-index.ts';
import { type PageText, pageAt } from './read-group.ts';

/** Where an SAE's feature pages lie in its packs. `base` is the address of the site's folder. */
export async function fetchPackIndex(base: string, sae: string): Promise<PackIndex> {
  return JSON.parse(await fetchText(base + packIndexFile(sae)));
}

/** A feature's page out of its pack; undefined where the SAE has no such feature. */
export async function packedPage(
  { base, sae, index }: { readonly base: string; readonly sae: string; readonly index: PackIndex },
  feature: number,
): Promise<PageText | undefined> {
  const place = placeOf(sae, feature, index);
  if (!place) return undefined;
  const [group, listed] = await Promise.all([fetchPart(base + place.file, place), fetchText(base + packTokensFile)]);
  const tokens: string[] = JSON.parse(listed);
  return pageAt({ bytes: await unzip(group), templates: index.templates, tokens }, place.place);
}

const fetchText = async (url: string): Promise<string> => new TextDecoder().decode(await fetchUnzipped(url));
