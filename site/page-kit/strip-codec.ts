import { asItIs, type ByteSink } from './byte-sink.ts';
import { fourDigits } from './format.ts';

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
const [SPACE, SEMICOLON] = [0x20, 0x3b];

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

const noValues: Scaled = { scale: '', integers: [] };

/** Values as shares of the largest, to a thousandth. */
export function scaled(values: ArrayLike<number>): Scaled {
  if (values.length === 0) return noValues;
  let scale = 0;
  for (let i = 0; i < values.length; i++) scale = Math.max(scale, Math.abs(values[i]));
  const unit = scale === 0 ? 1 : scale;
  const integers: number[] = [];
  for (let i = 0; i < values.length; i++) integers.push(Math.round((values[i] / unit) * FULL_SCALE) | 0);
  return { scale: fourDigits(scale), integers };
}

/** 'SCALE i i i'; nothing where there are no values. */
export function writeScaled({ scale, integers }: Scaled, sink: ByteSink): void {
  if (integers.length === 0) return;
  sink.addText(scale, asItIs);
  for (let i = 0; i < integers.length; i++) {
    sink.addByte(SPACE);
    sink.addInteger(integers[i]);
  }
}

export function decodeScaled(code: string): number[] {
  if (code === '') return [];
  const [scale = 0, ...integers] = code.split(' ').map(Number);
  return integers.map((integer) => (integer * scale) / FULL_SCALE);
}

/** What follows the lengths: ;START;ACTIVATIONS;BY SOURCE;BY HEAD, what is empty at the end left out. */
export function writeNumbers({ start, activations, bySource, byHead }: PrintedNumbers, sink: ByteSink): void {
  const [hasHeads, hasSources] = [byHead.integers.length > 0, bySource.integers.length > 0];
  sink.addByte(SEMICOLON);
  sink.addInteger(start);
  if (!(hasHeads || hasSources || activations !== '')) return;
  sink.addByte(SEMICOLON);
  sink.addText(activations, asItIs);
  if (!(hasHeads || hasSources)) return;
  sink.addByte(SEMICOLON);
  writeScaled(bySource, sink);
  if (!hasHeads) return;
  sink.addByte(SEMICOLON);
  writeScaled(byHead, sink);
}

/** LENGTHS;START;ACTIVATIONS;BY SOURCE;BY HEAD. */
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
