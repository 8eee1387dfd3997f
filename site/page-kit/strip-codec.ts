// Per-token numbers travel in one data attribute of their strip; the page's script reads them at hover or focus.

export interface StripNumbers {
  /** Position in the context of the first token. */
  readonly start: number;
  /** Activations of the active tokens, in order, as shown. */
  readonly activations: readonly string[];
  /** Attribution of the peak to each token up to it; empty where unknown. */
  readonly bySource: readonly number[];
  readonly byHead: readonly number[];
}

const DIGIT_MAX = 35;
const FULL_SCALE = 999;

/** Lengths in UTF-16 units, a base-36 digit each; 'z' carries 35 on to the next digit. */
export function encodeLengths(texts: readonly string[]): string {
  const digits = ({ length }: string) => 'z'.repeat(Math.floor(length / DIGIT_MAX)) + (length % DIGIT_MAX).toString(36);
  return texts.map(digits).join('');
}

export function decodeLengths(code: string): number[] {
  const lengths: number[] = [];
  let carried = 0;
  for (const digit of code) {
    const value = Number.parseInt(digit, 36);
    carried += value;
    if (value === DIGIT_MAX) continue;
    lengths.push(carried);
    carried = 0;
  }
  return lengths;
}

/** Signed values as 'SCALE i i i', each i in −999…999 and worth i·SCALE/999; empty when there is nothing. */
export function encodeScaled(values: ArrayLike<number>): string {
  const list = Array.from(values);
  const scale = list.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (scale === 0) return list.length === 0 ? '' : `0 ${list.map(() => 0).join(' ')}`;
  const integers = list.map((value) => Math.round((value / scale) * FULL_SCALE));
  return `${Number(scale.toPrecision(4))} ${integers.join(' ')}`;
}

export function decodeScaled(code: string): number[] {
  if (code === '') return [];
  const [scale = 0, ...integers] = code.split(' ').map(Number);
  return integers.map((integer) => (integer * scale) / FULL_SCALE);
}

/** LENGTHS;START;ACTIVATIONS;BY SOURCE;BY HEAD, what is empty at the end left out. */
export function encodeStrip(texts: readonly string[], numbers: StripNumbers): string {
  const { start, activations, bySource, byHead } = numbers;
  const parts = [encodeLengths(texts), start, activations.join(' '), encodeScaled(bySource), encodeScaled(byHead)];
  return parts.join(';').replace(/;+$/, '');
}

export function decodeStrip(code: string): StripNumbers & { readonly lengths: readonly number[] } {
  const [lengths = '', start = '0', activations = '', bySource = '', byHead = ''] = code.split(';');
  return {
    lengths: decodeLengths(lengths),
    start: Number(start),
    activations: activations.split(' '),
    bySource: decodeScaled(bySource),
    byHead: decodeScaled(byHead),
  };
}
