import { fieldCode, fieldOf, type Postings, type WordManifest } from './postings.ts';

/** What is found of a query's word. */
export interface WordFound {
  readonly exact: Postings | undefined;
  /** Of words that begin with it. */
  readonly beginning: readonly Postings[];
}

/** As usual for BM25: how soon lengths count, and how much. */
const K1 = 1.2;
const B = 0.75;
const FIELD_WEIGHT = { label: 4, summary: 1 } as const;
const BEGINNING_WEIGHT = 0.5;
const MOST = 2 ** 16 - 1;

/**
 * How well each row matches all of a query's words: 0 where it lacks one, MOST where its label is just these words, else
 * their BM25, idf · w · (k1 + 1) / (1 + k1 · (1 − b + b · length / average)) summed over words, in 16 bits. A word
 * counts once a text; w is 4 in a label and 1 in a summary, half of it for a longer word that begins with the query's; idf =
 * ln(1 + (N − n + ½) / (n + ½)) of the n rows, of N, where any of them is found.
 * Source: Robertson and Zaragoza 2009, The Probabilistic Relevance Framework, section 3.
 */
export function rankWords(query: readonly WordFound[], { rows, averages }: Omit<WordManifest, 'first'>): Uint16Array {
  const inLabel = new Uint8Array(rows);
  let total: Float32Array | undefined;
  let most = 0;
  for (const { exact, beginning } of query) {
    const idf = inverseFrequency(exact ? [exact, ...beginning] : beginning, rows);
    const best = new Float32Array(rows);
    const weaker = scoresByCode(idf * BEGINNING_WEIGHT, averages);
    for (const postings of beginning) keepBest(best, postings, weaker);
    if (exact) {
      keepBest(best, exact, scoresByCode(idf, averages));
      countWhole(inLabel, exact, query.length);
    }
    total = total ? sumWhereBoth(total, best) : best;
    most += (idf * FIELD_WEIGHT.label * (K1 + 1)) / (1 + K1 * (1 - B));
  }
  const ranks = new Uint16Array(rows);
  if (!total) return ranks;
  for (let row = 0; row < rows; row++) {
    const score = total[row];
    if (score > 0) ranks[row] = inLabel[row] === query.length ? MOST : 1 + Math.floor(((MOST - 2) * score) / most);
  }
  return ranks;
}

function inverseFrequency(all: readonly Postings[], rows: number): number {
  const n = Math.min(
    rows,
    all.reduce((sum, postings) => sum + postings.rows.length, 0),
  );
  return Math.log(1 + (rows - n + 0.5) / (n + 0.5));
}

function scoresByCode(weight: number, averages: WordManifest['averages']): Float32Array {
  return Float32Array.from({ length: 256 }, (_, code) => {
    const { field, words } = fieldOf(code);
    const length = words / (averages[field] || 1);
    return (weight * FIELD_WEIGHT[field] * (K1 + 1)) / (1 + K1 * (1 - B + B * length));
  });
}

function keepBest(best: Float32Array, { rows, codes }: Postings, scores: Float32Array): void {
  for (let i = 0; i < rows.length; i++) {
    const score = scores[codes[i]];
    if (score > best[rows[i]]) best[rows[i]] = score;
  }
}

/** Counts words found in a label that has as many words as the query. */
function countWhole(inLabel: Uint8Array, { rows, codes }: Postings, whole: number): void {
  const wanted = fieldCode('label', whole);
  for (let i = 0; i < rows.length; i++) if (codes[i] === wanted) inLabel[rows[i]] += 1;
}

function sumWhereBoth(a: Float32Array, b: Float32Array): Float32Array {
  for (let row = 0; row < a.length; row++) a[row] = a[row] > 0 && b[row] > 0 ? a[row] + b[row] : 0;
  return a;
}
