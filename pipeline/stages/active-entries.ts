import type { ActiveEntries } from './activation-log.ts';

/** A growing list of active (feature, token, value) triples, in the order they come. */
export class EntryBuffer {
  #features = new Int32Array(1 << 16);
  #tokens = new Uint32Array(1 << 16);
  #values = new Float32Array(1 << 16);
  #size = 0;

  push(feature: number, token: number, value: number): void {
    if (this.#size === this.#features.length) this.#grow();
    this.#features[this.#size] = feature;
    this.#tokens[this.#size] = token;
    this.#values[this.#size] = value;
    this.#size++;
  }

  get entries(): ActiveEntries {
    return {
      features: this.#features.subarray(0, this.#size),
      tokens: this.#tokens.subarray(0, this.#size),
      values: this.#values.subarray(0, this.#size),
    };
  }

  clear(): void {
    this.#size = 0;
  }

  #grow(): void {
    const [features, tokens, values] = [this.#features, this.#tokens, this.#values];
    this.#features = new Int32Array(2 * features.length);
    this.#tokens = new Uint32Array(2 * tokens.length);
    this.#values = new Float32Array(2 * values.length);
    this.#features.set(features);
    this.#tokens.set(tokens);
    this.#values.set(values);
  }
}

/**
 * Calls `visit(column, value)` for each positive value of one row of f [row, dSae], in order. Most are zero, so where
 * the row allows it two are skipped at a time by reading them as one float64, which is zero only if both are.
 */
export function forEachActive(
  f: Float32Array,
  row: number,
  dSae: number,
  visit: (feature: number, value: number) => void,
): void {
  const start = row * dSae;
  const byteOffset = f.byteOffset + 4 * start;
  if (dSae % 2 === 1 || byteOffset % 8 !== 0) {
    for (let i = 0; i < dSae; i++) visitPositive(i, f[start + i] ?? 0, visit);
    return;
  }
  const pairs = new Float64Array(f.buffer, byteOffset, dSae / 2);
  for (let pair = 0; pair < pairs.length; pair++) {
    if (pairs[pair] === 0) continue;
    visitPositive(2 * pair, f[start + 2 * pair] ?? 0, visit);
    visitPositive(2 * pair + 1, f[start + 2 * pair + 1] ?? 0, visit);
  }
}

function visitPositive(feature: number, value: number, visit: (feature: number, value: number) => void): void {
  if (value > 0) visit(feature, value);
}
