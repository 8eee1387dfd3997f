import type { FloatTensor } from '../../numbers/tensor.ts';

/** What one block's values are made by, in `into` where there is room of their shape already. */
export type MakeBlock = (block: number, into: FloatTensor | undefined) => Promise<FloatTensor>;

/**
 * Blocks of one subject at a time, made when they are first asked for. Their memory is used again by the next subject: fresh
 * megabytes each time cost more than the products.
 */
export class FilledBlocks {
  readonly #rooms: FloatTensor[] = [];
  #subject: unknown;
  #filled = 0;

  /** The first blocks of a subject; those of the one before are overwritten. */
  async upTo(subject: unknown, count: number, make: MakeBlock): Promise<readonly FloatTensor[]> {
    if (subject !== this.#subject) this.#filled = 0;
    this.#subject = subject;
    for (; this.#filled < count; this.#filled++) {
      this.#rooms[this.#filled] = await make(this.#filled, this.#rooms.at(this.#filled));
    }
    return this.#rooms.slice(0, count);
  }
}
