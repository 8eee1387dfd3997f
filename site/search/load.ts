import { createSearch, type Search } from './filter.ts';
import { decodeFeatures, decodeTokens, type FeatureColumns, type SearchManifest, type TokenColumns } from './format.ts';

export interface SearchIndex {
  readonly manifest: SearchManifest;
  readonly columns: FeatureColumns;
  readonly vocabulary: readonly string[];
  readonly search: Search;
  /** Token ids of an SAE's features, once loaded. */
  readonly tokens: ReadonlyMap<string, TokenColumns>;
  /** Loads the SAEs' tokens that are not there yet. */
  loadTokens(saes: readonly string[]): Promise<void>;
}

/** Loads the index from its folder. Throws Error naming the file that did not come. */
export async function loadIndex(folder: string): Promise<SearchIndex> {
  const [manifest, columns, vocabulary] = await Promise.all([
    get(`${folder}index.json`).then((response): Promise<SearchManifest> => response.json()),
    get(`${folder}features.arrow`).then(async (response) =>
      decodeFeatures(new Uint8Array(await response.arrayBuffer())),
    ),
    get(`${folder}vocabulary.json`).then((response): Promise<string[]> => response.json()),
  ]);
  const search = createSearch({ manifest, columns, vocabulary });
  const tokens = new Map<string, TokenColumns>();

  async function loadSae(sae: string): Promise<void> {
    const file = manifest.saes.find((entry) => entry.sae === sae)?.tokens;
    if (file === undefined || tokens.has(sae)) return;
    const response = await get(`${folder}${file}`);
    const loaded = decodeTokens(await response.arrayBuffer(), manifest.tokenIdBytes);
    tokens.set(sae, loaded);
    search.addTokens(sae, loaded);
  }

  return {
    manifest,
    columns,
    vocabulary,
    search,
    tokens,
    loadTokens: async (saes) => void (await Promise.all([...new Set(saes)].map(loadSae))),
  };
}

async function get(url: string): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} did not load: ${response.status}`);
  return response;
}
