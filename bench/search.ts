import { createSearch } from '../site/search/filter.ts';
import { TOKENS_PER_ROLE, tokenRoles } from '../site/search/format.ts';
import { defaultQuery, type SearchQuery } from '../site/search/query.ts';
import { encodeShown } from '../site/search/shown-number.ts';
import { seededRandom } from './synthetic/random.ts';

const LAYERS = 12;
const FEATURES = 25_000;
const VOCABULARY = 50_257;
const REPEATS = 5;

/** Times the browser's search over 300,000 features of seeded random data, in ms: the best of a few. */
function main(): void {
  const search = randomSearch();
  const queries: [string, Partial<SearchQuery>][] = [
    ['all alive', {}],
    ['one layer and head', { layer: 3, head: 2 }],
    ['density range', { minDensity: 0.2, maxDensity: 0.3 }],
    ['promoted token', { promoted: 'ken12' }],
    ['promoted, rare', { promoted: 'token50001' }],
    ['promoted and activating', { promoted: 'ken1', activating: 'ken2' }],
    ['sort by density', { sort: 'density' }],
  ];
  for (const [name, query] of queries) {
    const timesMs = Array.from({ length: REPEATS }, () => {
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
  const saes = Array.from({ length: LAYERS }, (_, layer) => ({ sae: String(layer), layer, features: FEATURES }));
  const search = createSearch({ saes, families: [], tokenBytes: 2, rowsPerFile: 512 });
  search.addVocabulary(Array.from({ length: VOCABULARY }, (_, place) => ` token${place}`));
  const numbers = (value: () => number) => Uint16Array.from({ length: FEATURES }, value);
  const shown = () => numbers(() => encodeShown(100 * random.unit()));
  for (const { sae } of saes) {
    for (const name of ['density', 'max_activation', 'top_head_weight'] as const) search.add({ sae, name }, shown());
    search.add(
      { sae, name: 'top_head' },
      numbers(() => random.below(12)),
    );
    search.add(
      { sae, name: 'family' },
      numbers(() => 0),
    );
    for (const name of tokenRoles) {
      const places = Uint16Array.from({ length: FEATURES * TOKENS_PER_ROLE }, () => random.below(VOCABULARY));
      search.add({ sae, name }, places);
    }
  }
  return search;
}

main();
