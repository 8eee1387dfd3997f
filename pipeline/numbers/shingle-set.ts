const fewest = 1 << 12;

/** A set of 64-bit values as pairs of 32-bit ones: open addressing, at most half full, 16 to 32 bytes a value. */
export class ShingleSet {
  #slots = new Uint32Array(2 * fewest);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(high: number, low: number): boolean {
    const at = this.#find(high, nonZero(low));
    return this.#slots[at + 1] !== 0;
  }

  add(high: number, low: number): void {
    const second = nonZero(low);
    const at = this.#find(high, second);
    if (this.#slots[at + 1] !== 0) return;
    this.#slots[at] = high;
    this.#slots[at + 1] = second;
    this.#size++;
    if (4 * this.#size > this.#slots.length) this.#grow();
  }

  /** The pair's slot, or the empty one where it would go. */
  #find(high: number, low: number): number {
    const slots = this.#slots;
    const mask = slots.length / 2 - 1;
    let slot = high & mask;
    while (slots[2 * slot + 1] !== 0 && (slots[2 * slot] !== high || slots[2 * slot + 1] !== low)) {
      slot = (slot + 1) & mask;
    }
    return 2 * slot;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(2 * old.length);
    for (let at = 0; at < old.length; at += 2) {
      const [high = 0, low = 0] = [old[at], old[at + 1]];
      if (low === 0) continue;
      const to = this.#find(high, low);
      this.#slots[to] = high;
      this.#slots[to + 1] = low;
    }
  }
}

/** 0 marks an empty slot. */
const nonZero = (low: number): number => (low === 0 ? 1 : low);
