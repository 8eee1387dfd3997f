/** Where one feature was active: a token's index in the whole run (context · length + position) and how strongly. */
export interface Activation {
  readonly token: number;
  readonly value: number;
}

/** An activation among the top, and where its attribution was stored. */
export interface TopExample extends Activation {
  readonly record: number;
}

/** The state of TopExamples, as it is saved and restored: each feature's k places, in no order. */
export interface TopExamplesState {
  readonly sizes: Uint16Array;
  readonly values: Float32Array;
  readonly tokens: Uint32Array;
  readonly records: Uint32Array;
}

/** The record of an example whose attribution is not stored yet. */
export const noRecord = 0xffffffff;

/**
 * The k largest activations of each feature, seen once in the order of their tokens. Ties go to the earlier token,
 * that is by (context, position).
 */
export class TopExamples {
  readonly k: number;
  readonly #state: TopExamplesState;
  /** The activation to beat, by feature; 0 while a feature has fewer than k. */
  readonly #threshold: Float32Array;
  /** Where in a full list the least is, which falls out next: of equal ones that of the latest token. */
  readonly #least: Uint16Array;

  /** `threshold` is where the activation to beat is kept, by feature: 0 as long as all are among the top. */
  constructor(
    features: number,
    k: number,
    state: TopExamplesState = emptyState(features, k),
    threshold: Float32Array = new Float32Array(features),
  ) {
    this.k = k;
    this.#state = state;
    this.#threshold = threshold.fill(0);
    this.#least = new Uint16Array(features);
    for (let feature = 0; feature < features; feature++) this.#setThreshold(feature);
  }

  get state(): TopExamplesState {
    return this.#state;
  }

  /** Whether a further activation of a feature would be among its top. */
  admits(feature: number, value: number): boolean {
    return value > this.#threshold[feature];
  }

  /** Takes in an activation that is admitted; the least of a full list falls out. */
  add(feature: number, token: number, value: number): void {
    const { sizes, values, tokens, records } = this.#state;
    const size = sizes[feature];
    const at = feature * this.k + (size < this.k ? size : this.#least[feature]);
    values[at] = value;
    tokens[at] = token;
    records[at] = noRecord;
    if (size < this.k) sizes[feature] = size + 1;
    if (size >= this.k - 1) this.#setThreshold(feature);
  }

  /** Whether a feature was ever active. */
  isAlive(feature: number): boolean {
    return this.#state.sizes[feature] > 0;
  }

  /** A feature's top examples, highest first. */
  of(feature: number): TopExample[] {
    const { sizes, values, tokens, records } = this.#state;
    const start = feature * this.k;
    return Array.from({ length: sizes[feature] }, (_, i) => ({
      value: values[start + i],
      token: tokens[start + i],
      record: records[start + i],
    })).sort((a, b) => b.value - a.value || a.token - b.token);
  }

  /** Notes where the attribution of a feature's example at a token is stored. */
  setRecord(feature: number, token: number, record: number): void {
    const at = this.#indexOf(feature, token);
    if (at < 0) throw new RangeError(`token ${token} is not among the top examples of feature ${feature}`);
    this.#state.records[at] = record;
  }

  /** Whether a feature's example at a token is still among its top. */
  has(feature: number, token: number): boolean {
    return this.#indexOf(feature, token) >= 0;
  }

  #indexOf(feature: number, token: number): number {
    const { sizes, tokens } = this.#state;
    const start = feature * this.k;
    for (let i = start; i < start + sizes[feature]; i++) if (tokens[i] === token) return i;
    return -1;
  }

  #setThreshold(feature: number): void {
    const { sizes, values, tokens } = this.#state;
    if (sizes[feature] < this.k) return;
    const start = feature * this.k;
    let least = start;
    for (let i = start + 1; i < start + this.k; i++) {
      if (values[i] < values[least] || (values[i] === values[least] && tokens[i] > tokens[least])) least = i;
    }
    this.#least[feature] = least - start;
    this.#threshold[feature] = values[least];
  }
}

function emptyState(features: number, k: number): TopExamplesState {
  return {
    sizes: new Uint16Array(features),
    values: new Float32Array(features * k),
    tokens: new Uint32Array(features * k),
    records: new Uint32Array(features * k).fill(noRecord),
  };
}
