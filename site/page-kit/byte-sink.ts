import { ShortPieces } from './short-pieces.ts';

const FIRST_SIZE = 1 << 16;
/** Shorter pieces are copied by a loop: to ask the engine for a copy takes longer. */
const SHORT = 64;
const WORDS = 8;
/** The most bytes that a UTF-16 unit becomes, as a character reference or in UTF-8. */
const MOST_PER_UNIT = 6;
const MOST_DIGITS = 10;
const MOST_OF_SLOT = 16;
const [ZERO, MINUS, SPACE] = [0x30, 0x2d, 0x20];
/** Integers up to this size, either way, are printed once and copied then. */
const SMALL = 999;

const utf8 = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** What stands for some characters of a text. */
interface References {
  /** By UTF-16 unit below 0x80, whether it stays as it is. */
  readonly isPlain: Uint8Array;
  readonly of: readonly Uint8Array[];
}

const references = (characters: string): References => {
  const isPlain = new Uint8Array(0x80).fill(1);
  const of = Array.from({ length: 0x80 }, () => utf8.encode(''));
  for (const character of characters) {
    const unit = character.charCodeAt(0);
    isPlain[unit] = 0;
    of[unit] = utf8.encode(escaped[character]);
  }
  return { isPlain, of };
};

const escaped: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** What stands for characters that are no text of an element, and of a quoted attribute. */
export const inText = references('&<>');
export const inQuotes = references('&<>"\'');
export const asItIs = references('');

function copyShort(from: Uint8Array, to: Uint8Array, at: number, length: number): void {
  for (let i = 0; i < length; i++) to[at + i] = from[i];
}

/** Eight bytes at a time, of which the last may be behind the end. */
function copyWords(from: DataView, start: number, to: DataView, at: number, length: number): void {
  for (let i = 0; i < length; i += WORDS) {
    to.setInt32(at + i, from.getInt32(start + i, true), true);
    to.setInt32(at + i + 4, from.getInt32(start + i + 4, true), true);
  }
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let least = 10; least <= value; least *= 10) digits++;
  return digits;
}

/** Puts an integer's digits at a place; returns where they end. */
function putInteger(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  if (value < 0) {
    bytes[at++] = MINUS;
    rest = -value;
  }
  const end = at + digitsOf(rest);
  for (at = end - 1; rest >= 10; at--) {
    const tenth = (rest / 10) | 0;
    bytes[at] = ZERO + rest - 10 * tenth;
    rest = tenth;
  }
  bytes[at] = ZERO + rest;
  return end;
}

/** By integer from −SMALL on: a space and its digits. */
const small = new ShortPieces(2 * SMALL + 1, 8);
for (let value = -SMALL; value <= SMALL; value++) small.set(SMALL + value, utf8.encode(` ${value}`));

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit < 0xe000;

/** Text as UTF-8, written piece by piece into one buffer that is used again and again. */
export class ByteSink {
  #bytes = new Uint8Array(FIRST_SIZE);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  clear(): void {
    this.#length = 0;
  }

  /** What was written since clear(), until the next write. */
  get written(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  get text(): string {
    return decoder.decode(this.written);
  }

  /** Where the next byte goes; who has written into `room` says so by setting it, and what is behind it is gone. */
  get end(): number {
    return this.#length;
  }

  set end(end: number) {
    this.#length = end;
  }

  /** The bytes written so far, with room for so many more behind them: for loops that write many short pieces. */
  room(bytes: number): Uint8Array {
    this.#makeRoom(bytes);
    return this.#bytes;
  }

  /** The same bytes, until there has to be more room. */
  get view(): DataView<ArrayBuffer> {
    return this.#view;
  }

  add(piece: Uint8Array): void {
    const { length } = piece;
    this.#makeRoom(length);
    if (length > SHORT) this.#bytes.set(piece, this.#length);
    else copyShort(piece, this.#bytes, this.#length, length);
    this.#length += length;
  }

  /** Adds the bytes `from` up to `to` of what has seven more behind them: a few are copied by words. */
  addPart(piece: DataView<ArrayBuffer>, from: number, to: number): void {
    const length = to - from;
    this.#makeRoom(length + WORDS);
    if (length > SHORT) this.#bytes.set(new Uint8Array(piece.buffer, from, length), this.#length);
    else copyWords(piece, from, this.#view, this.#length, length);
    this.#length += length;
  }

  addByte(byte: number): void {
    this.#makeRoom(1);
    this.#bytes[this.#length++] = byte;
  }

  addShort(pieces: ShortPieces, i: number): void {
    this.#makeRoom(MOST_OF_SLOT);
    this.#length = pieces.put(i, this.#view, this.#length);
  }

  /** Adds an integer of up to 31 bits by its decimal digits. */
  addInteger(value: number): void {
    this.#makeRoom(MOST_DIGITS + 1);
    this.#length = putInteger(this.#bytes, this.#length, value);
  }

  /** Adds the first so many of some integers, a space before each. */
  addIntegers(values: ArrayLike<number>, count: number): void {
    this.#makeRoom(count * (MOST_DIGITS + 2));
    const bytes = this.#bytes;
    const view = this.#view;
    let at = this.#length;
    for (let i = 0; i < count; i++) {
      const value = values[i];
      if (value >= -SMALL && value <= SMALL) at = small.put(SMALL + value, view, at);
      else {
        bytes[at++] = SPACE;
        at = putInteger(bytes, at, value);
      }
    }
    this.#length = at;
  }

  /** Adds a text, some of its characters as what stands for them; a lone surrogate becomes U+FFFD, as in any encoder. */
  addText(text: string, references: References): void {
    const { length } = text;
    this.#makeRoom(length * MOST_PER_UNIT);
    const { isPlain } = references;
    const bytes = this.#bytes;
    const start = this.#length;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80 || isPlain[unit] === 0) {
        this.#length = start + i;
        this.#addCoded(text, i, references);
        return;
      }
      bytes[start + i] = unit;
    }
    this.#length = start + length;
  }

  /** A text from its first unit on that does not stay as it is. */
  #addCoded(text: string, from: number, references: References): void {
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = from; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) {
        if (isSurrogate(unit)) {
          this.#length = at;
          this.#addRest(text.slice(i), references);
          return;
        }
        if (unit < 0x800) bytes[at++] = 0xc0 | (unit >> 6);
        else {
          bytes[at++] = 0xe0 | (unit >> 12);
          bytes[at++] = 0x80 | ((unit >> 6) & 0x3f);
        }
        bytes[at++] = 0x80 | (unit & 0x3f);
        continue;
      }
      const reference = references.of[unit];
      if (references.isPlain[unit] === 1) bytes[at++] = unit;
      else for (let j = 0; j < reference.length; j++) bytes[at++] = reference[j];
    }
    this.#length = at;
  }

  /** What begins with half a pair of units. */
  #addRest(text: string, references: References): void {
    const [, wide = text, rest = ''] = /^([^\0-\x7f]+)(.*)$/s.exec(text) ?? [];
    const { written } = utf8.encodeInto(wide, this.#bytes.subarray(this.#length));
    this.#length += written;
    if (rest !== '') this.addText(rest, references);
  }

  #makeRoom(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * needed);
    larger.set(this.written);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}
