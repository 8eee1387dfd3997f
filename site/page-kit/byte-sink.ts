const FIRST_SIZE = 1 << 16;
/** Shorter pieces are copied by a loop: to ask the engine for a copy takes longer. */
const SHORT = 64;
/** The most bytes that a UTF-16 unit becomes, as a character reference or in UTF-8. */
const MOST_PER_UNIT = 6;
const MOST_DIGITS = 10;
const [ZERO, MINUS] = [0x30, 0x2d];

const utf8 = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

const references = (characters: string): (Uint8Array | undefined)[] => {
  const table: (Uint8Array | undefined)[] = Array.from({ length: 0x80 });
  for (const character of characters) table[character.charCodeAt(0)] = utf8.encode(escaped[character]);
  return table;
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

function copyShort(from: Uint8Array, start: number, to: Uint8Array, at: number, length: number): void {
  for (let i = 0; i < length; i++) to[at + i] = from[start + i];
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let least = 10; least <= value; least *= 10) digits++;
  return digits;
}

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit < 0xe000;

/** Text as UTF-8, written piece by piece into one buffer that is used again and again. */
export class ByteSink {
  #bytes = new Uint8Array(FIRST_SIZE);
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

  add(piece: Uint8Array): void {
    const { length } = piece;
    this.#makeRoom(length);
    if (length > SHORT) this.#bytes.set(piece, this.#length);
    else copyShort(piece, 0, this.#bytes, this.#length, length);
    this.#length += length;
  }

  /** Adds the bytes `from` up to `to` of an array. */
  addPart(piece: Uint8Array, from: number, to: number): void {
    const length = to - from;
    this.#makeRoom(length);
    if (length > SHORT) this.#bytes.set(piece.subarray(from, to), this.#length);
    else copyShort(piece, from, this.#bytes, this.#length, length);
    this.#length += length;
  }

  addByte(byte: number): void {
    this.#makeRoom(1);
    this.#bytes[this.#length++] = byte;
  }

  /** Adds an integer of up to 31 bits by its decimal digits. */
  addInteger(value: number): void {
    this.#makeRoom(MOST_DIGITS + 1);
    const bytes = this.#bytes;
    let rest = value;
    if (value < 0) {
      bytes[this.#length++] = MINUS;
      rest = -value;
    }
    let end = this.#length + digitsOf(rest);
    this.#length = end;
    do {
      const tenth = Math.floor(rest / 10);
      bytes[--end] = ZERO + rest - 10 * tenth;
      rest = tenth;
    } while (rest > 0);
  }

  /** Adds a text, some of its characters as what stands for them; a lone surrogate becomes U+FFFD, as in any encoder. */
  addText(text: string, references: readonly (Uint8Array | undefined)[]): void {
    const { length } = text;
    this.#makeRoom(length * MOST_PER_UNIT);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < length; i++) {
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
      const reference = references[unit];
      if (reference === undefined) bytes[at++] = unit;
      else for (let j = 0; j < reference.length; j++) bytes[at++] = reference[j];
    }
    this.#length = at;
  }

  /** What begins with half a pair of units. */
  #addRest(text: string, references: readonly (Uint8Array | undefined)[]): void {
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
  }
}
