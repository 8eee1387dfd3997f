/** Rows that come by ascending feature, taken a few features at a time. Throws Error where they come in another order. */
export class RowsInOrder<Row extends { readonly feature: number }> {
  readonly #batches: AsyncIterator<Iterable<Row>>;
  #rows: Iterator<Row> = [][Symbol.iterator]();
  /** The row that comes next, where it was seen already. */
  #next: Row | undefined;
  #last = 0;

  constructor(batches: AsyncIterable<Iterable<Row>>) {
    this.#batches = batches[Symbol.asyncIterator]();
  }

  /** Those of features below one that were not taken yet. */
  async before(feature: number): Promise<Row[]> {
    const taken: Row[] = [];
    for (;;) {
      for (let row = this.#take(); row; row = this.#take()) {
        if (row.feature < this.#last) throw new Error(`feature ${row.feature} comes after ${this.#last}`);
        if (row.feature >= feature) {
          this.#next = row;
          return taken;
        }
        this.#last = row.feature;
        taken.push(row);
      }
      const { done, value } = await this.#batches.next();
      if (done) return taken;
      this.#rows = value[Symbol.iterator]();
    }
  }

  #take(): Row | undefined {
    const row = this.#next ?? this.#rows.next().value;
    this.#next = undefined;
    return row;
  }

  async close(): Promise<void> {
    await this.#batches.return?.();
  }
}
