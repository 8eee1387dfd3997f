/** A score as a file has it; without an interval where it gives none. */
export interface LabelScore {
  readonly kind: string;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** `gpt2-small/5-att-kk__16k`, and its `16k`, which tells one SAE of the layer from others; empty where it says nothing. */
interface LabelSource {
  readonly name: string;
  readonly suffix: string;
}

/** A label as a file has it, before it is known whether the run has such a feature. */
export interface LabelEntry {
  /** An SAE's id, or else a layer; where neither is said, the run has but one SAE, or --sae names it. */
  readonly sae: string | null;
  readonly layer: number | null;
  /** Neuronpedia's source of the label: its labels are of one SAE. */
  readonly ofSource?: LabelSource;
  readonly feature: number;
  readonly label: string;
  readonly author: string | null;
  readonly model: string | null;
  readonly source: string | null;
  readonly scores: readonly LabelScore[];
}

/** An entry with where it is from, for messages, or why there is none. */
export type FoundLabel = { readonly entry: LabelEntry; readonly place: string } | { readonly left: string };
