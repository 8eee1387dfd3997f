import { createSearch } from '../site/search/filter.ts';
import type { FeatureColumns, SearchManifest } from '../site/search/format.ts';
import { defaultQuery, type SearchQuery } from '../site/search/query.ts';
import { seededRandom } from './synthetic/random.ts';

const LAYERS = 12;
const FEATURES = 25_000;
const VOCABULARY = 50_257;
const REPEATS = 5;

/** Times the browser's search over 300,000 features of seeded random data, in ms; the first sort of a key is apart. */
function main(): void {
  const search = randomSearch();
  const queries: [string, Partial<SearchQuery>][] = [
    ['first sort by activation', {}],
    ['all alive', {}],
    ['one layer and head', { layer: 3, head: 2 }],
    ['density range', { minDensity: 0.2, maxDensity: 0.3 }],
    ['promoted token', { promoted: 'ken12' }],
    ['promoted, rare', { promoted: 'token50001' }],
    ['promoted and activating', { promoted: 'ken1', activating: 'ken2' }],
    ['first sort by density', { sort: 'density' }],
    ['sort by density', { sort: 'density' }],
  ];
  for (const [name, query] of queries) {
    const timesMs = Array.from({ length: name.startsWith('first') ? 1 : REPEATS }, () => {
      const start = performance.now();
      const found = search.rows({ ...defaultQuery, ...query }).length;
      return { elapsedMs: performance.now() - start, found };
    });
    const best = timesMs.reduce((a, b) => (b.elapsedMs < a.elapsedMs ? b : a));
    console.log(`${name.padEnd(26)} ${best.elapsedMs.toFixed(1).padStart(7)} ms  ${best.found} rows`);
  }
}

function randomSearch() {
  const random = seededRandom(0);
  const rows = LAYERS * FEATURES;
  const floats = () => Float32Array.from({ length: rows }, () => random.unit());
  const columns: FeatureColumns = {
    sae: Uint16Array.from({ length: rows }, (_, row) => Math.floor(row / FEATURES)),
    feature: Uint32Array.from({ length: rows }, (_, row) => row % FEATURES),
    count: Uint32Array.from({ length: rows }, () => random.below(1000)),
    density: floats(),
    mean_active: floats(),
    max_activation: floats(),
    top_head: Uint16Array.from({ length: rows }, () => random.below(12)),
    top_head_weight: floats(),
    family: new Uint16Array(rows),
  };
  const saes = Array.from({ length: LAYERS }, (_, layer) => ({
    ...{ sae: String(layer), layer, features: FEATURES, tokens: '' },
  }));
  const manifest: SearchManifest = { saes, families: [], tokenIdBytes: 2 };
  const search = createSearch({
    manifest,
    columns,
    vocabulary: Array.from({ length: VOCABULARY }, (_, id) => ` token${id}`),
  });
  const ids = () => Uint16Array.from({ length: FEATURES * 10 }, () => random.below(VOCABULARY));
  for (const { sae } of saes) search.addTokens(sae, { promoted: ids(), suppressed: ids(), activating: ids() });
  return search;
}

main();
