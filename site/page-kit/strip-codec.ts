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

/** Signed values as integers in −999…999, each worth i·scale/999. */
export interface Scaled {
  /** As it is printed; empty when there are no values. */
  readonly scale: string;
  readonly integers: ArrayLike<number>;
}

/** What a strip prints of its numbers; activations with a space between each two. */
interface PrintedNumbers {
  readonly start: number;
  readonly activations: string;
  readonly bySource: Scaled;
  readonly byHead: Scaled;
}

const DIGIT_MAX = 35;
const FULL_SCALE = 999;
const DIGITS = '0123456789abcdefghijklmnopqrstuvwxy';
/** ' −999' up to ' 999'. */
const SCALED = Array.from({ length: 2 * FULL_SCALE + 1 }, (_, i) => ` ${i - FULL_SCALE}`);

/** A text's length in UTF-16 units as a base-36 digit; 'z' carries 35 on to the next digit. Codes follow one another. */
export const encodeLength = ({ length }: string): string =>
  'z'.repeat(Math.floor(length / DIGIT_MAX)) + DIGITS[length % DIGIT_MAX];

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

const noValues: Scaled = { scale: '', integers: new Int16Array(0) };

/** Values as shares of the largest, to a thousandth. */
export function scaled(values: ArrayLike<number>): Scaled {
  if (values.length === 0) return noValues;
  let scale = 0;
  for (let i = 0; i < values.length; i++) scale = Math.max(scale, Math.abs(values[i]));
  const unit = scale === 0 ? 1 : scale;
  const integers = new Int16Array(values.length);
  for (let i = 0; i < values.length; i++) integers[i] = Math.round((values[i] / unit) * FULL_SCALE);
  return { scale: String(Number(scale.toPrecision(4))), integers };
}

/** 'SCALE i i i'; empty when there is nothing. In pieces. */
export function encodeScaled({ scale, integers }: Scaled): string[] {
  if (integers.length === 0) return [];
  const code = [scale];
  for (let i = 0; i < integers.length; i++) code.push(SCALED[integers[i] + FULL_SCALE]);
  return code;
}

export function decodeScaled(code: string): number[] {
  if (code === '') return [];
  const [scale = 0, ...integers] = code.split(' ').map(Number);
  return integers.map((integer) => (integer * scale) / FULL_SCALE);
}

/** LENGTHS;START;ACTIVATIONS;BY SOURCE;BY HEAD, what is empty at the end left out. In pieces. */
export function encodeStrip(
  lengths: readonly string[],
  numbers: PrintedNumbers,
): readonly (string | readonly string[])[] {
  const { start, activations, bySource, byHead } = numbers;
  const [sources, heads] = [encodeScaled(bySource), encodeScaled(byHead)];
  const code = [lengths, ';', String(start)];
  if (heads.length > 0) return [...code, ';', activations, ';', sources, ';', heads];
  if (sources.length > 0) return [...code, ';', activations, ';', sources];
  return activations === '' ? code : [...code, ';', activations];
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
