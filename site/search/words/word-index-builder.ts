import { encodeLeaf, type Field, fieldCode, type Postings, type WordManifest } from './postings.ts';
import { wordsOf } from './words-of.ts';

/** Bytes of a leaf before it is zipped, to about a quarter. */
const LEAF_BYTES = 96_000;

export interface WordFiles {
  readonly manifest: WordManifest;
  readonly leaves: readonly Uint8Array<ArrayBuffer>[];
}

interface Growing {
  readonly rows: number[];
  readonly codes: number[];
}

/** An inverted index of the words by which features are called, filled row by row in ascending order. */
export function createWordIndexBuilder() {
  const found = new Map<string, Growing>();
  const fields = { label: { texts: 0, words: 0 }, summary: { texts: 0, words: 0 } };

  function addField(row: number, field: Field, words: readonly string[]): void {
    if (words.length === 0) return;
    fields[field].texts += 1;
    fields[field].words += words.length;
    const code = fieldCode(field, words.length);
    for (const word of words) {
      const own = found.get(word) ?? { rows: [], codes: [] };
      if (own.rows.length === 0) found.set(word, own);
      if (own.rows.at(-1) === row) continue; // of its label already
      own.rows.push(row);
      own.codes.push(code);
    }
  }

  return {
    add(row: number, { label, summary }: { readonly label: string | null; readonly summary: string }): void {
      addField(row, 'label', wordsOf(label ?? ''));
      addField(row, 'summary', wordsOf(summary));
    },
    /** The index as files; `rows` is the number of all features. */
    finish(rows: number): WordFiles {
      const words = [...found.keys()].sort();
      const leaves = leavesOf(words.map((word) => postingsOf(word, found)));
      const average = (field: Field) => fields[field].words / Math.max(1, fields[field].texts);
      return {
        manifest: {
          rows,
          averages: { label: average('label'), summary: average('summary') },
          first: leaves.map(([{ word }]) => word),
        },
        leaves: leaves.map(encodeLeaf),
      };
    },
  };
}

function postingsOf(word: string, found: ReadonlyMap<string, Growing>): Postings {
  const { rows = [], codes = [] } = found.get(word) ?? {};
  return { word, rows: Uint32Array.from(rows), codes: Uint8Array.from(codes) };
}

function leavesOf(all: readonly Postings[]): [Postings, ...Postings[]][] {
  const leaves: [Postings, ...Postings[]][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const postings of all) {
    const own = postings.word.length + 6 + 2 * postings.rows.length;
    if (bytes + own > LEAF_BYTES) {
      leaves.push([postings]);
      bytes = own;
    } else {
      leaves.at(-1)?.push(postings);
      bytes += own;
    }
  }
  return leaves;
}
