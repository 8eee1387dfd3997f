import { createSearch } from '../site/search/filter.ts';
import { TOKENS_PER_ROLE, tokenRoles } from '../site/search/format.ts';
import { defaultQuery, type SearchQuery } from '../site/search/query.ts';
import { encodeShown } from '../site/search/shown-number.ts';
import { openWordIndex, type WordRank } from '../site/search/words/open-word-index.ts';
import { createWordIndexBuilder } from '../site/search/words/word-index-builder.ts';
import { type Random, seededRandom } from './synthetic/random.ts';

const LAYERS = 12;
const FEATURES = 25_000;
const VOCABULARY = 50_257;
const REPEATS = 5;
const FAMILIES = ['induction', 'previous token', 'local context', 'duplicate token', 'positional'];

/** Times the browser's search over 300,000 features of seeded random data, in ms of the processor: the best of a few. */
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
    ['a word of every summary', { words: 'promotes', sort: 'match' }],
    ['a family and two tokens', { words: 'induction token12 token50', sort: 'match' }],
    ['the beginning of a word', { words: 'tok', sort: 'match' }],
  ];
  for (const [name, query] of queries) {
    const timesMs = Array.from({ length: REPEATS }, (_, repeat) => {
      const start = process.cpuUsage();
      const found = search.rows({ ...defaultQuery, ...query, words: spaced(query.words, repeat) }).length;
      return { elapsedMs: busyMs(start), found };
    });
    const best = timesMs.reduce((a, b) => (b.elapsedMs < a.elapsedMs ? b : a));
    console.log(`${name.padEnd(26)} ${best.elapsedMs.toFixed(1).padStart(7)} ms  ${best.found} rows`);
  }
}

/** Of the processor, so that what else a machine does counts little. */
function busyMs(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** The same words as a text of its own, whose ranking is not kept from the time before. */
const spaced = (words: string | undefined, repeat: number): string =>
  words === undefined ? '' : words + ' '.repeat(repeat + 1);

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
  search.addWords(randomWords(random));
  return search;
}

/** Summaries of about the words that summaries have; one feature in ten has a label, too. */
function randomWords(random: Random): WordRank {
  const builder = createWordIndexBuilder();
  const token = () => `token${Math.floor(VOCABULARY * random.unit() ** 3)}`;
  for (let row = 0; row < LAYERS * FEATURES; row++) {
    const family = FAMILIES[random.below(FAMILIES.length)];
    builder.add(row, {
      label: random.unit() < 0.1 ? `${token()} in lists of ${token()}` : null,
      summary: `reads \`${token()}\` after an earlier \`${token()}\`: ${family}; promotes \`${token()}\`, \`${token()}\`, \`${token()}\``,
    });
  }
  const { manifest, leaves } = builder.finish(LAYERS * FEATURES);
  const index = openWordIndex(manifest);
  for (const [i, leaf] of leaves.entries()) index.add(i, leaf);
  return index.rank;
}

main();
