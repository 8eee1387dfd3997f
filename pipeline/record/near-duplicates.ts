import { ShingleSet } from '../numbers/shingle-set.ts';
import { forEachShingle } from '../numbers/shingles.ts';

/** A document is left out when this part of its shingles were in documents kept before it. */
const duplicateShare = 0.5;

/** What was left out. */
export interface Dropped {
  readonly documents: number;
  readonly tokens: number;
}

/**
 * Finds documents that are near-duplicates of earlier ones: at least half of their runs of 50 tokens were in those kept.
 * All runs are compared, none is sampled. Memory: 16 to 32 bytes a token kept.
 */
export class NearDuplicates {
  readonly #seen = new ShingleSet();
  #documents = 0;
  #tokens = 0;

  get dropped(): Dropped {
    return { documents: this.#documents, tokens: this.#tokens };
  }

  /** Takes in a document's first piece, which decides whether the document is kept: whether it is. */
  begin(tokens: Int32Array): boolean {
    const pairs = new Uint32Array(2 * tokens.length);
    let [size, known] = [0, 0];
    forEachShingle(tokens, (high, low) => {
      pairs[size++] = high;
      pairs[size++] = low;
      if (this.#seen.has(high, low)) known++;
    });
    const isKept = known < (duplicateShare * size) / 2 || size === 0;
    if (!isKept) this.#documents++;
    else for (let at = 0; at < size; at += 2) this.#seen.add(pairs[at], pairs[at + 1]);
    return isKept;
  }

  /** Takes in a further piece of a document that is kept. */
  keep(tokens: Int32Array): void {
    forEachShingle(tokens, (high, low) => this.#seen.add(high, low));
  }

  /** Counts tokens of a document that is not kept. */
  drop(tokens: Int32Array): void {
    this.#tokens += tokens.length;
  }
}
