import { join } from 'node:path';
import type { FeatureActivations } from '../core/feature-statistics.ts';
import { LogFile } from './log-file.ts';

/** How far an activation log is committed, in bytes of its two files. */
export interface ActivationLogPosition {
  readonly counts: number;
  readonly entries: number;
}

/** Active (feature, token, value) triples of some tokens, in the order of the tokens. */
export interface ActiveEntries {
  readonly features: Int32Array;
  readonly tokens: Uint32Array;
  readonly values: Float32Array;
}

/**
 * Every activation of one layer's features, on disk, so that a single pass over the corpus suffices: segments in
 * corpus order, each sorted by feature. A second file holds each segment's activations by feature.
 */
export class ActivationLog {
  readonly #dSae: number;
  readonly #counts: LogFile;
  readonly #entries: LogFile;

  private constructor(dSae: number, counts: LogFile, entries: LogFile) {
    this.#dSae = dSae;
    this.#counts = counts;
    this.#entries = entries;
  }

  static async open(folder: string, layer: number, dSae: number, at: ActivationLogPosition): Promise<ActivationLog> {
    const counts = await LogFile.open(join(folder, `counts-${layer}.bin`), at.counts);
    const entries = await LogFile.open(join(folder, `activations-${layer}.bin`), at.entries);
    return new ActivationLog(dSae, counts, entries);
  }

  get position(): ActivationLogPosition {
    return { counts: this.#counts.bytes, entries: this.#entries.bytes };
  }

  /** Appends a segment: a counting sort by feature that keeps the order of the tokens. */
  append({ features, tokens, values }: ActiveEntries): void {
    const counts = new Uint32Array(this.#dSae);
    for (const feature of features) counts[feature] = (counts[feature] ?? 0) + 1;
    const next = startsOf(counts);
    const sortedTokens = new Uint32Array(features.length);
    const sortedValues = new Float32Array(features.length);
    for (let entry = 0; entry < features.length; entry++) {
      const feature = features[entry] ?? 0;
      const at = next[feature] ?? 0;
      next[feature] = at + 1;
      sortedTokens[at] = tokens[entry] ?? 0;
      sortedValues[at] = values[entry] ?? 0;
    }
    this.#counts.append(counts);
    this.#entries.append(sortedTokens);
    this.#entries.append(sortedValues);
  }

  flush(): Promise<unknown> {
    return Promise.all([this.#counts.flush(), this.#entries.flush()]);
  }

  /** Every feature's activations in turn, at most about `maxEntries` of them in memory at a time. */
  *features(maxEntries: number): Generator<FeatureActivations> {
    const segments = this.#segments();
    const totals = new Float64Array(this.#dSae);
    for (const { starts } of segments) totals.forEach((total, i) => (totals[i] = total + sizeAt(starts, i)));
    for (let first = 0; first < this.#dSae; ) {
      let end = first;
      for (let entries = 0; end < this.#dSae; end++) {
        entries += totals[end] ?? 0;
        if (entries > maxEntries && end > first) break;
      }
      yield* this.#block(segments, first, end);
      first = end;
    }
  }

  close(): Promise<unknown> {
    return Promise.all([this.#counts.close(), this.#entries.close()]);
  }

  #segments(): Segment[] {
    const segments: Segment[] = [];
    let offset = 0;
    for (let at = 0; at < this.#counts.bytes; at += this.#dSae * 4) {
      const counts = new Uint32Array(this.#dSae);
      this.#counts.read(counts, at);
      const starts = startsOf(counts);
      segments.push({ offset, starts });
      offset += 8 * (starts[this.#dSae] ?? 0);
    }
    return segments;
  }

  /** Activations of features first … end − 1: one read of tokens and one of values a segment. */
  #block(segments: readonly Segment[], first: number, end: number): FeatureActivations[] {
    const sizes = Array.from({ length: end - first }, (_, i) =>
      segments.reduce((sum, { starts }) => sum + sizeAt(starts, first + i), 0),
    );
    const gathered = sizes.map((size) => ({
      tokens: new Uint32Array(size),
      values: new Float32Array(size),
      filled: 0,
    }));
    for (const { offset, starts } of segments) {
      const [from, to] = [starts[first] ?? 0, starts[end] ?? 0];
      const tokens = new Uint32Array(to - from);
      const values = new Float32Array(to - from);
      this.#entries.read(tokens, offset + 4 * from);
      this.#entries.read(values, offset + 4 * ((starts[this.#dSae] ?? 0) + from));
      gathered.forEach((feature, i) => {
        const [start, stop] = [(starts[first + i] ?? 0) - from, (starts[first + i + 1] ?? 0) - from];
        feature.tokens.set(tokens.subarray(start, stop), feature.filled);
        feature.values.set(values.subarray(start, stop), feature.filled);
        feature.filled += stop - start;
      });
    }
    return gathered;
  }
}

interface Segment {
  /** Byte offset in the entries file: tokens, then values. */
  readonly offset: number;
  /** Index of each feature's first entry in the segment; one more at the end. */
  readonly starts: Uint32Array;
}

const sizeAt = (starts: Uint32Array, feature: number): number => (starts[feature + 1] ?? 0) - (starts[feature] ?? 0);

/** Running sums of counts, from 0, one longer than the counts. */
function startsOf(counts: Uint32Array): Uint32Array {
  const starts = new Uint32Array(counts.length + 1);
  for (let i = 0; i < counts.length; i++) starts[i + 1] = (starts[i] ?? 0) + (counts[i] ?? 0);
  return starts;
}
