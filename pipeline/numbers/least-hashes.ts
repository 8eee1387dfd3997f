/** Keeps the few indices of least hash, in the order of their hashes, ties to the earlier index. */
export class LeastHashes {
  readonly indices: number[] = [];
  count = 0;
  readonly #hashes: number[] = [];
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  add(index: number, priority: number): void {
    this.count++;
    const full = this.indices.length === this.#size;
    if (full && priority >= (this.#hashes.at(-1) ?? 0)) return;
    let at = this.#hashes.length;
    while (at > 0 && this.#hashes[at - 1] > priority) at--;
    this.#hashes.splice(at, 0, priority);
    this.indices.splice(at, 0, index);
    if (full) {
      this.#hashes.pop();
      this.indices.pop();
    }
  }
}
