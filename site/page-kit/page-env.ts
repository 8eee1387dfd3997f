import type { NameOf } from './feature-name.ts';
import type { Links } from './links.ts';
import type { Extent } from './sample-text.ts';
import type { ShownTokens } from './shown-tokens.ts';

/** What every page renderer needs to know of the run besides the rows of its own page. */
export interface PageEnv {
  readonly links: Links;
  readonly modelName: string;
  readonly nLayers: number;
  readonly nHeads: number;
  /** Tokens of a context of the run. */
  readonly contextLength: number;
  /** All that the run packed, and where the induction proxy was checked. */
  readonly run: Extent;
  readonly proxySample: Extent;
  /** Features of each SAE, by its id, in the run's order. */
  readonly dSae: ReadonlyMap<string, number>;
  /** The SAE that stands for a layer where nothing says which: the one that upstream edges name. */
  saeOf(layer: number): string | undefined;
  layerOf(sae: string): number | undefined;
  /** What a feature is called, of those that the page names. */
  readonly nameOf: NameOf;
  /** Display text of a token, as the vocabulary has it. */
  token(tokenId: number): string;
  /** The same as markup. */
  readonly tokens: ShownTokens;
  /** Token ids of a whole context, where it is known. */
  context(context: number): ArrayLike<number> | undefined;
  /** Where a context begins, where that is known: its offset counts the document's tokens. */
  source(context: number): { readonly file: string; readonly document: number; readonly offset: number } | undefined;
  /** Whether the site has the circuit explorer, so that examples can be opened in it. */
  readonly hasExplorer: boolean;
  /** Whether the site has a map of features. */
  readonly hasMap: boolean;
  /** Whether what a feature's or a head's page shows lies beside it as JSON. */
  readonly hasJson: boolean;
}
