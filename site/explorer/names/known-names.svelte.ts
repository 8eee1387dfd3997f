import type { Links } from '../../page-kit/links.ts';
import { loadIndex } from '../../search/load.ts';
import { type KnownFeatureOf, knownFeatures, unknownFeatures } from '../labels.ts';
import { NamesLoader } from './names-loader.ts';

interface NamesJob {
  readonly links: Links;
  /** The SAE that a layer uses. */
  readonly saeOf: (layer: number) => string;
  /** Hears in a sentence of what did not load. */
  readonly notice: (sentence: string) => void;
}

/** What the site's search knows of features, as far as it has come. */
export class KnownNames {
  /** Anew each time that more has come, so that all that shows it is drawn again. */
  of: KnownFeatureOf = $state.raw(unknownFeatures((layer) => this.#saeOf(layer)));
  readonly load: NamesLoader;
  readonly #saeOf: NamesJob['saeOf'];

  constructor({ links, saeOf, notice }: NamesJob) {
    this.#saeOf = saeOf;
    this.load = new NamesLoader({
      open: (listener) => loadIndex(links.file('search/'), listener),
      know: (index) => (this.of = knownFeatures(index, saeOf)),
      notice,
    });
  }
}
