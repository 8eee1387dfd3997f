/**
 * Pieces of a few bytes by number, side by side in slots: a slot is copied as two or four words, whatever of it counts,
 * which takes less than a loop over bytes that ends somewhere else each time.
 */
export class ShortPieces {
  #slots: DataView;
  readonly #size: 8 | 16;

  /** The last byte of a slot tells how many of it count. */
  constructor(count: number, size: 8 | 16) {
    this.#slots = new DataView(new ArrayBuffer(count * size));
    this.#size = size;
  }

  /** Pieces that there is room for. */
  get length(): number {
    return this.#slots.byteLength / this.#size;
  }

  /** Whether a piece was kept that is not empty. */
  has(i: number): boolean {
    return this.#lengthAt(i * this.#size) > 0;
  }

  fits(piece: Uint8Array): boolean {
    return piece.length < this.#size;
  }

  /** Throws RangeError for a piece that does not fit. */
  set(i: number, piece: Uint8Array): void {
    if (!this.fits(piece)) throw new RangeError(`a piece of ${piece.length} bytes, expected less than ${this.#size}`);
    const start = i * this.#size;
    for (let j = 0; j < piece.length; j++) this.#slots.setUint8(start + j, piece[j]);
    this.#slots.setUint8(start + this.#size - 1, piece.length);
  }

  /** Puts a piece where there is room for its slot; returns where the piece ends. */
  put(i: number, target: DataView, at: number): number {
    const start = i * this.#size;
    copyWords(this.#slots, start, target, at);
    if (this.#size === 16) copyWords(this.#slots, start + 8, target, at + 8);
    return at + this.#lengthAt(start);
  }

  /** Makes room for so many pieces. */
  grow(count: number): void {
    const before = new Uint8Array(this.#slots.buffer);
    const larger = new Uint8Array(count * this.#size);
    larger.set(before);
    this.#slots = new DataView(larger.buffer);
  }

  #lengthAt(start: number): number {
    return this.#slots.getUint8(start + this.#size - 1);
  }
}

function copyWords(from: DataView, start: number, to: DataView, at: number): void {
  to.setInt32(at, from.getInt32(start, true), true);
  to.setInt32(at + 4, from.getInt32(start + 4, true), true);
}
