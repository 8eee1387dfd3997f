/** The greatest pre-activations of a feature among those offered, with what is known of each; of equal ones the first. */
export class Greatest<T extends { readonly pre: number }> {
  readonly #most: number;
  /** In falling order of `pre`. */
  readonly #kept: T[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  get kept(): readonly T[] {
    return this.#kept;
  }

  /** What an offer must exceed to be kept, 0 at the least. */
  get least(): number {
    return this.#kept.length < this.#most ? 0 : this.#kept[this.#most - 1].pre;
  }

  offer(item: T): void {
    const after = this.#kept.findIndex(({ pre }) => pre < item.pre);
    this.#kept.splice(after < 0 ? this.#kept.length : after, 0, item);
    this.#kept.length = Math.min(this.#kept.length, this.#most);
  }
}
