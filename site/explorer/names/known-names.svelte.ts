import type { Links } from '../../page-kit/links.ts';
import { loadIndex, type SearchIndex } from '../../search/load.ts';
import { type KnownFeatureOf, knownFeatures, knownParts, unknownFeatures } from '../labels.ts';

interface NamesJob {
  readonly links: Links;
  /** The SAE that a layer uses. */
  readonly saeOf: (layer: number) => string;
  /** Hears in a sentence of what did not load. */
  readonly notice: (sentence: string) => void;
}

/** What the site's search knows of features, as far as it has come. */
export class KnownNames {
  of: KnownFeatureOf = $state.raw(unknownFeatures((layer) => this.#job.saeOf(layer)));
  readonly #job: NamesJob;
  #index: Promise<SearchIndex> | undefined;

  constructor(job: NamesJob) {
    this.#job = job;
  }

  /** Loads families, promoted tokens and greatest activations of some SAEs' features. */
  async loadParts(saes: readonly string[]): Promise<void> {
    try {
      const index = await this.#open();
      await index.loadParts(knownParts(saes));
      this.#know(index);
    } catch {
      this.#job.notice('The index of features did not load: they are shown without their families.');
    }
  }

  /** Fetches what some features are called, so that what is exported names them. */
  async loadNames(places: readonly { readonly sae: string; readonly feature: number }[]): Promise<void> {
    try {
      await (await this.#open()).names.load(places);
    } catch {
      this.#missNames();
    }
  }

  #open(): Promise<SearchIndex> {
    this.#index ??= loadIndex(this.#job.links.file('search/'), {
      onCome: () => void this.#index?.then((index) => this.#know(index)),
      onFault: () => this.#missNames(),
    });
    return this.#index;
  }

  /** Anew each time that names have come, so that all that shows them is drawn again. */
  #know(index: SearchIndex): void {
    this.of = knownFeatures(index, this.#job.saeOf);
  }

  #missNames(): void {
    this.#job.notice('Names of features did not load: some are shown without theirs.');
  }
}
