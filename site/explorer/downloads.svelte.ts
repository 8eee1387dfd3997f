import type { ExplorerInfo, ExplorerSaeInfo } from './protocol.ts';
import type { ExplorerView } from './view.ts';

/** Bytes that are fetched for a prompt that nobody typed or picked here, as much as a page with pictures; more wait. */
const fetchedUnasked = 4e6;

/** What waits until a reader asks for it: a heavy model, and each layer's SAE; of a light one what a link alone would fetch. */
export class Downloads {
  #isModelAsked = $state(false);
  #isPromptLinked = $state(false);
  #saesAsked: readonly string[] = $state.raw([]);
  readonly #info: () => ExplorerInfo | undefined;
  readonly #view: () => ExplorerView;

  /** Ids of the SAEs that a reader has asked for, or that what is looked at needs; all where nothing is heavy. */
  readonly saesUsed = $derived.by(() => {
    const { saes = [], bytesWaiting = 0 } = this.#info() ?? {};
    const { edits, target } = this.#view();
    const needed = [...edits.filter(({ kind }) => kind === 'feature'), ...target.trail].map(({ layer }) => layer);
    const isUsed = ({ id, layer }: ExplorerSaeInfo) =>
      bytesWaiting === 0 || this.#saesAsked.includes(id) || needed.includes(layer);
    return saes.filter(isUsed).map(({ id }) => id);
  });
  /** SAEs that can be asked for, by layer. */
  readonly saesWaiting = $derived.by(() => this.#info()?.saes.filter(({ id }) => !this.saesUsed.includes(id)) ?? []);
  /** Bytes that a reader has yet to ask for before a prompt can be run. */
  readonly bytesWaiting = $derived.by(() => {
    const { bytesWaiting = 0, saes = [], bytesAhead = 0 } = this.#info() ?? {};
    if (this.#isModelAsked) return 0;
    if (bytesWaiting === 0) return this.#isPromptLinked && bytesAhead > fetchedUnasked ? bytesAhead : 0;
    const needed = saes.filter(({ id }) => this.saesUsed.includes(id));
    return needed.reduce((sum, { bytes }) => sum + bytes, bytesWaiting);
  });

  constructor(info: () => ExplorerInfo | undefined, view: () => ExplorerView) {
    this.#info = info;
    this.#view = view;
  }

  /** The first prompt came with the address: whoever followed the link was not told how much it fetches. */
  holdLinkedPrompt(): void {
    this.#isPromptLinked = true;
  }

  /** Lets prompts fetch the model. */
  askForModel(): void {
    this.#isModelAsked = true;
  }

  /** Lets them fetch some SAEs as well. */
  askForSaes(ids: readonly string[]): void {
    this.#saesAsked = [...this.#saesAsked, ...ids];
  }
}
