import { largestSize } from '../../pipeline/numbers/extremes.ts';
import { asItIs, type ByteSink } from './byte-sink.ts';
import { addSignificant, fourDigits, significant } from './format.ts';

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

/**
 * Signed values as integers in −999…999, each worth i·scale/999: shares of the largest, to a thousandth. One object, whose
 * array serves one list of values after another.
 */
export class Scaled {
  /** As it is printed; empty when there are no values. */
  scale = '';
  integers = new Int32Array(256);
  length = 0;

  setValues(values: ArrayLike<number>): void {
    const { length } = values;
    this.#makeRoom(length);
    const scale = largestSize(values);
    const unit = scale === 0 ? 1 : scale;
    const { integers } = this;
    for (let i = 0; i < length; i++) integers[i] = Math.round((values[i] / unit) * FULL_SCALE);
    this.scale = length === 0 ? '' : fourDigits(scale);
  }

  setIntegers(scale: string, integers: ArrayLike<number>): void {
    this.#makeRoom(integers.length);
    this.integers.set(integers);
    this.scale = scale;
  }

  /** 'SCALE i i i'; nothing where there are no values. */
  writeTo(sink: ByteSink): void {
    if (this.length === 0) return;
    sink.addText(this.scale, asItIs);
    sink.addIntegers(this.integers, this.length);
  }

  get list(): Int32Array {
    return this.integers.slice(0, this.length);
  }

  #makeRoom(length: number): void {
    if (length > this.integers.length) this.integers = new Int32Array(2 * length);
    this.length = length;
  }
}

export function decodeScaled(code: string): number[] {
  if (code === '') return [];
  const [scale = 0, ...integers] = code.split(' ').map(Number);
  return integers.map((integer) => (integer * scale) / FULL_SCALE);
}

/** Activations of the active tokens, in order, three digits each. One object serves one strip after another. */
export class Activations {
  #values = new Float64Array(256);
  #length = 0;
  /** As they are printed, where that is all that is known of them. */
  #text = '';

  clear(): void {
    this.#length = 0;
    this.#text = '';
  }

  add(value: number): void {
    if (this.#length === this.#values.length) this.#values = withRoom(this.#values);
    this.#values[this.#length++] = value;
  }

  setText(text: string): void {
    this.clear();
    this.#text = text;
  }

  get isEmpty(): boolean {
    return this.#length === 0 && this.#text === '';
  }

  get text(): string {
    return this.#text || Array.from(this.#values.subarray(0, this.#length), (value) => significant(value)).join(' ');
  }

  writeTo(sink: ByteSink): void {
    if (this.#text !== '') sink.addText(this.#text, asItIs);
    for (let i = 0; i < this.#length; i++) {
      if (i > 0) sink.addByte(SPACE);
      addSignificant(this.#values[i], 3, sink);
    }
  }
}

function withRoom(values: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * values.length);
  larger.set(values);
  return larger;
}

/** What a strip prints of its numbers. */
export interface PrintedNumbers {
  readonly start: number;
  readonly activations: Activations;
  readonly bySource: Scaled;
  readonly byHead: Scaled;
}

/** What follows the lengths: ;START;ACTIVATIONS;BY SOURCE;BY HEAD, what is empty at the end left out. */
export function writeNumbers({ start, activations, bySource, byHead }: PrintedNumbers, sink: ByteSink): void {
  sink.addByte(SEMICOLON);
  sink.addInteger(start);
  let end = sink.end;
  sink.addByte(SEMICOLON);
  activations.writeTo(sink);
  if (!activations.isEmpty) end = sink.end;
  sink.addByte(SEMICOLON);
  bySource.writeTo(sink);
  if (bySource.length > 0) end = sink.end;
  sink.addByte(SEMICOLON);
  byHead.writeTo(sink);
  if (byHead.length > 0) end = sink.end;
  sink.end = end;
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
