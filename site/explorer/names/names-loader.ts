import type { SearchIndex } from '../../search/load.ts';
import type { NameListener } from '../../search/names/name-store.ts';
import { knownParts } from '../labels.ts';

interface LoaderJob {
  /** Opens the search's index. */
  readonly open: (listener: NameListener) => Promise<SearchIndex>;
  /** Hears each time that more is known. */
  readonly know: (index: SearchIndex) => void;
  /** Hears in a sentence of what did not load. */
  readonly notice: (sentence: string) => void;
}

/** Loads what the site's search knows of features, in the order in which it is wanted. */
export class NamesLoader {
  readonly #job: LoaderJob;
  #index: Promise<SearchIndex> | undefined;
  /** What was asked for last by `loadParts`; it never fails. */
  #parts: Promise<void> = Promise.resolve();

  constructor(job: LoaderJob) {
    this.#job = job;
  }

  /** Loads families, promoted tokens and greatest activations of some SAEs' features. */
  loadParts(saes: readonly string[]): Promise<void> {
    this.#parts = this.#loadParts(saes);
    return this.#parts;
  }

  /** Fetches what some features are called; ends when that is known, and what `loadParts` was asked for as well. */
  async loadNames(places: readonly { readonly sae: string; readonly feature: number }[]): Promise<void> {
    try {
      const index = await this.#open();
      await Promise.all([index.names.load(places), this.#parts]);
      this.#job.know(index);
    } catch {
      this.#missNames();
    }
  }

  async #loadParts(saes: readonly string[]): Promise<void> {
    try {
      const index = await this.#open();
      await index.loadParts(knownParts(saes));
      this.#job.know(index);
    } catch {
      this.#job.notice('The index of features did not load: they are shown without their families.');
    }
  }

  #open(): Promise<SearchIndex> {
    this.#index ??= this.#job.open({
      onCome: () => void this.#index?.then(this.#job.know),
      onFault: () => this.#missNames(),
    });
    return this.#index;
  }

  #missNames(): void {
    this.#job.notice('Names of features did not load: some are shown without theirs.');
  }
}
