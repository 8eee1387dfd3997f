// Columns of bytes side by side, each of texts and of integers one after another.

/** What stands before an item that is no text. */
export const MARK = { list: 1, markup: 2, drawing: 3 } as const;
const [END, ESCAPE] = [0, 5];
/** What a text's own characters from END up to here are spelled with: ESCAPE, and the character so much higher. */
const LAST_ESCAPED = 7;
const ESCAPED = 0x40;
/** No text has it once its own are escaped: for who codes a text further. */
export const CODE = String.fromCharCode(LAST_ESCAPED);

/** Integers below ONE take a byte, below TWO two; of larger ones the first byte tells how many follow. */
const ONE = 224;
const TWO = ONE + (252 - ONE) * 256;
const LONG = [2, 3, 4, 7];

const utf8 = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** A column that grows. */
export class ColumnWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  byte(byte: number): void {
    this.#makeRoom(1);
    this.#bytes[this.#length++] = byte;
  }

  /** A text, which `code` may shorten by what begins with CODE. */
  text(text: string, code = asItIs): void {
    this.#coded(code(escaped(text)));
  }

  #coded(code: string): void {
    this.#makeRoom(3 * code.length + 1);
    this.#length += utf8.encodeInto(code, this.#bytes.subarray(this.#length)).written;
    this.#bytes[this.#length++] = END;
  }

  /** An integer from 0 to 2⁵³. */
  integer(value: number): void {
    this.#makeRoom(8);
    const bytes = this.#bytes;
    if (value < ONE) bytes[this.#length++] = value;
    else if (value < TWO) {
      bytes[this.#length++] = ONE + ((value - ONE) >> 8);
      bytes[this.#length++] = (value - ONE) & 0xff;
    } else {
      const more = LONG.findIndex((length) => value < 256 ** length);
      bytes[this.#length++] = 252 + more;
      for (let place = LONG[more] - 1; place >= 0; place--) {
        bytes[this.#length++] = Math.floor(value / 256 ** place) % 256;
      }
    }
  }

  #makeRoom(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * needed);
    larger.set(this.written);
    this.#bytes = larger;
  }
}

const asItIs = (text: string): string => text;

/** Few texts have any such character: they are looked for one by one, which takes no copy. */
function escaped(text: string): string {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) <= LAST_ESCAPED) return spelled(text);
  return text;
}

const spelled = (text: string): string =>
  Array.from(text, (character) => {
    const code = character.charCodeAt(0);
    return code <= LAST_ESCAPED ? String.fromCharCode(ESCAPE, code + ESCAPED) : character;
  }).join('');

function unescaped(text: string): string {
  const [first = '', ...rest] = text.split(String.fromCharCode(ESCAPE));
  return [first, ...rest.map((part) => String.fromCharCode(part.charCodeAt(0) - ESCAPED) + part.slice(1))].join('');
}

/** Reads a column from its start, in the order in which it was written. */
export class ColumnReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bytes read so far. */
  get at(): number {
    return this.#at;
  }

  /** The mark before the next item, which it skips; 0 where a text is next. */
  mark(): number {
    const byte = this.#bytes[this.#at];
    if (byte === END || byte >= ESCAPE) return 0;
    this.#at += 1;
    return byte;
  }

  /** A text, which `decode` brings back from what `code` made of it. */
  text(decode = asItIs): string {
    const end = this.#bytes.indexOf(END, this.#at);
    if (end < 0) throw new Error('a column ends inside a text');
    const code = decoder.decode(this.#bytes.subarray(this.#at, end));
    this.#at = end + 1;
    return unescaped(decode(code));
  }

  integer(): number {
    const first = this.#next();
    if (first < ONE) return first;
    if (first < 252) return ONE + (first - ONE) * 256 + this.#next();
    let value = 0;
    for (let left = LONG[first - 252]; left > 0; left--) value = value * 256 + this.#next();
    return value;
  }

  #next(): number {
    if (this.#at >= this.#bytes.length) throw new Error('a column ends inside an integer');
    return this.#bytes[this.#at++];
  }
}
