import { createSearch, type Search } from './filter.ts';
import { decodeFeatures, decodeTokens, type FeatureColumns, type SearchManifest, type TokenColumns } from './format.ts';

export interface SearchIndex {
  readonly manifest: SearchManifest;
  readonly columns: FeatureColumns;
  readonly vocabulary: readonly string[];
  readonly search: Search;
  /** Token ids of a layer's features, once loaded. */
  readonly tokens: ReadonlyMap<number, TokenColumns>;
  /** Loads the layers' tokens that are not there yet. */
  loadTokens(layers: readonly number[]): Promise<void>;
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
  const tokens = new Map<number, TokenColumns>();

  async function loadLayer(layer: number): Promise<void> {
    const file = manifest.layers.find((entry) => entry.layer === layer)?.tokens;
    if (file === undefined || tokens.has(layer)) return;
    const response = await get(`${folder}${file}`);
    const loaded = decodeTokens(await response.arrayBuffer(), manifest.tokenIdBytes);
    tokens.set(layer, loaded);
    search.addTokens(layer, loaded);
  }

  return {
    manifest,
    columns,
    vocabulary,
    search,
    tokens,
    loadTokens: async (layers) => void (await Promise.all([...new Set(layers)].map(loadLayer))),
  };
}

async function get(url: string): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} did not load: ${response.status}`);
  return response;
}
