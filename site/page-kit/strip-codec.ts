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

/** The same, from whatever holds the numbers. */
type CodedNumbers = Pick<StripNumbers, 'start' | 'activations'> & {
  readonly bySource: ArrayLike<number>;
  readonly byHead: ArrayLike<number>;
};

const DIGIT_MAX = 35;
const FULL_SCALE = 999;
const DIGITS = '0123456789abcdefghijklmnopqrstuvwxy';

/** Lengths in UTF-16 units, a base-36 digit each; 'z' carries 35 on to the next digit. */
export function encodeLengths(texts: readonly string[]): string {
  let code = '';
  for (const { length } of texts) code += length < DIGIT_MAX ? DIGITS[length] : longLength(length);
  return code;
}

const longLength = (length: number): string => 'z'.repeat(Math.floor(length / DIGIT_MAX)) + DIGITS[length % DIGIT_MAX];

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
  let scale = 0;
  for (let i = 0; i < values.length; i++) scale = Math.max(scale, Math.abs(values[i]));
  let code = values.length === 0 ? '' : String(Number(scale.toPrecision(4)));
  for (let i = 0; i < values.length; i++) code += ` ${scale === 0 ? 0 : Math.round((values[i] / scale) * FULL_SCALE)}`;
  return code;
}

export function decodeScaled(code: string): number[] {
  if (code === '') return [];
  const [scale = 0, ...integers] = code.split(' ').map(Number);
  return integers.map((integer) => (integer * scale) / FULL_SCALE);
}

/** LENGTHS;START;ACTIVATIONS;BY SOURCE;BY HEAD, what is empty at the end left out. */
export function encodeStrip(texts: readonly string[], numbers: CodedNumbers): string {
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
