/** Rows that come by ascending feature, taken a few features at a time. Throws Error where they come in another order. */
export class RowsInOrder<Row extends { readonly feature: number }> {
  readonly #batches: AsyncIterator<readonly Row[]>;
  #rows: readonly Row[] = [];
  #next = 0;
  #last = 0;

  constructor(batches: AsyncIterable<readonly Row[]>) {
    this.#batches = batches[Symbol.asyncIterator]();
  }

  /** Those of features below one that were not taken yet. */
  async before(feature: number): Promise<Row[]> {
    const taken: Row[] = [];
    for (;;) {
      for (; this.#next < this.#rows.length; this.#next++) {
        const row = this.#rows[this.#next];
        if (row.feature < this.#last) throw new Error(`feature ${row.feature} comes after ${this.#last}`);
        if (row.feature >= feature) return taken;
        this.#last = row.feature;
        taken.push(row);
      }
      const { done, value } = await this.#batches.next();
      if (done) return taken;
      this.#rows = value;
      this.#next = 0;
    }
  }

  async close(): Promise<void> {
    await this.#batches.return?.();
  }
}
