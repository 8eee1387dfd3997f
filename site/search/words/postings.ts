/** Where a word is found: rows of features, ascending, and in what of each. */
export interface Postings {
  readonly word: string;
  readonly rows: Uint32Array;
  /** A field and its length each, as `fieldCode` has them. */
  readonly codes: Uint8Array;
}

/** words.bin: what the leaves of the index hold. */
export interface WordManifest {
  /** Features of the run. */
  readonly rows: number;
  /** Distinct words of a label and of a summary, on average over those that there are. */
  readonly averages: Readonly<Record<Field, number>>;
  /** The first word of each leaf; words are in the order of their UTF-16 codes. */
  readonly first: readonly string[];
}

/** A word that a feature's label and its summary have counts as the label's. */
export type Field = 'label' | 'summary';

const FIRST_LABEL = 32;
/** Lengths of summaries are kept in steps: they only weigh a little, and take less room. */
const STEP = 4;

/** A field and the number of its distinct words in 8 bits: exactly for labels up to 223 words, in steps of 4 for summaries. */
export function fieldCode(field: Field, words: number): number {
  return field === 'label'
    ? Math.min(255, FIRST_LABEL + words)
    : Math.min(FIRST_LABEL - 1, Math.max(1, Math.round(words / STEP)));
}

export function fieldOf(code: number): { readonly field: Field; readonly words: number } {
  return code >= FIRST_LABEL ? { field: 'label', words: code - FIRST_LABEL } : { field: 'summary', words: code * STEP };
}

/** A leaf of the index: the words and how often each is found as JSON behind its length, steps from row to row, codes. */
export function encodeLeaf(all: readonly Postings[]): Uint8Array<ArrayBuffer> {
  const header = new TextEncoder().encode(
    JSON.stringify({ words: all.map(({ word }) => word), counts: all.map(({ rows }) => rows.length) }),
  );
  const length = new Uint8Array(new Uint32Array([header.length]).buffer);
  const steps = all.map(({ rows }) => encodeSteps(rows));
  const parts = [length, header, ...steps, ...all.map(({ codes }) => codes)];
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export function decodeLeaf(bytes: Uint8Array): Postings[] {
  const headerEnd = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const { words, counts }: { words: readonly string[]; counts: readonly number[] } = JSON.parse(
    new TextDecoder().decode(bytes.subarray(4, headerEnd)),
  );
  let at = headerEnd;
  const rows = counts.map((count) => {
    const decoded = new Uint32Array(count);
    at = decodeSteps(bytes, at, decoded);
    return decoded;
  });
  return words.map((word, i) => {
    const codes = bytes.subarray(at, at + counts[i]);
    at += counts[i];
    return { word, rows: rows[i], codes };
  });
}

/** Steps from row to row, seven bits a byte, the highest bit set where more follow. */
function encodeSteps(rows: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(rows.length * 5);
  let at = 0;
  let before = -1;
  for (const row of rows) {
    let step = row - before - 1;
    before = row;
    while (step > 127) {
      bytes[at++] = (step & 127) | 128;
      step >>>= 7;
    }
    bytes[at++] = step;
  }
  return bytes.subarray(0, at);
}

/** Fills `rows` from a place on; returns the place behind them. */
function decodeSteps(bytes: Uint8Array, from: number, rows: Uint32Array): number {
  let at = from;
  let before = -1;
  for (let i = 0; i < rows.length; i++) {
    let step = 0;
    let shift = 0;
    while (bytes[at] > 127) {
      step |= (bytes[at++] & 127) << shift;
      shift += 7;
    }
    step |= bytes[at++] << shift;
    before += step + 1;
    rows[i] = before;
  }
  return at;
}
