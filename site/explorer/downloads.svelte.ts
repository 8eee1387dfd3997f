import type { ExplorerInfo } from './protocol.ts';
import type { ExplorerView } from './view.ts';

/** What of a heavy model waits until a reader asks for it: the model itself, and each layer's SAE. */
export class Downloads {
  #isModelAsked = $state(false);
  #saesAsked: readonly number[] = $state.raw([]);
  readonly #info: () => ExplorerInfo | undefined;
  readonly #view: () => ExplorerView;

  /** Layers whose SAEs a reader has asked for, or that what is looked at needs; undefined where nothing is heavy. */
  readonly saesUsed = $derived.by(() => {
    const info = this.#info();
    if (!info || info.bytesWaiting === 0) return undefined;
    const { edits, target } = this.#view();
    const needed = [...edits.filter(({ kind }) => kind === 'feature'), ...target.trail].map(({ layer }) => layer);
    return [...new Set([...this.#saesAsked, ...needed])].toSorted((a, b) => a - b);
  });
  /** SAEs that can be asked for, by layer. */
  readonly saesWaiting = $derived.by(() =>
    this.saesUsed ? (this.#info()?.saes.filter(({ layer }) => !this.saesUsed?.includes(layer)) ?? []) : [],
  );
  /** Bytes that a reader has yet to ask for before a prompt can be run. */
  readonly bytesWaiting = $derived.by(() => {
    const { bytesWaiting = 0, saes = [] } = this.#info() ?? {};
    if (this.#isModelAsked || bytesWaiting === 0) return 0;
    const needed = saes.filter(({ layer }) => this.saesUsed?.includes(layer));
    return needed.reduce((sum, { bytes }) => sum + bytes, bytesWaiting);
  });

  constructor(info: () => ExplorerInfo | undefined, view: () => ExplorerView) {
    this.#info = info;
    this.#view = view;
  }

  /** Lets prompts fetch the model. */
  askForModel(): void {
    this.#isModelAsked = true;
  }

  /** Lets them fetch the SAEs of some layers as well. */
  askForSaes(layers: readonly number[]): void {
    this.#saesAsked = [...this.#saesAsked, ...layers];
  }
}
