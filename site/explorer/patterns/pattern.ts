/** Attention patterns of a layer, A [head, destination, source]. */
export interface Patterns {
  readonly values: Float32Array;
  readonly nHeads: number;
  /** Whether these are differences between two passes. */
  readonly isChange: boolean;
  /** Tokens on either axis. */
  readonly length: number;
}

/** What a pass's patterns differ by from another's of the same prompt. */
export function patternChange(before: Patterns, after: Patterns): Patterns {
  return { ...after, isChange: true, values: after.values.map((value, i) => value - before.values[i]) };
}

/** One head's pattern [destination, source]. */
export function patternOf({ values, length }: Patterns, head: number): Float32Array {
  return values.subarray(head * length * length, (head + 1) * length * length);
}

/** Attention from a position to every source. */
export function attentionFrom(patterns: Patterns, head: number, destination: number): Float32Array {
  const { length } = patterns;
  return patternOf(patterns, head).subarray(destination * length, (destination + 1) * length);
}

/** Mean attention by kind of source, over the destinations that have all three as different positions. */
export interface AttentionKinds {
  readonly first: number;
  readonly previous: number;
  readonly itself: number;
}

export function attentionKinds(patterns: Patterns, head: number): AttentionKinds {
  const { length } = patterns;
  const pattern = patternOf(patterns, head);
  const mean = (source: (destination: number) => number): number => {
    let sum = 0;
    for (let t = 2; t < length; t++) sum += pattern[t * length + source(t)];
    return length > 2 ? sum / (length - 2) : 0;
  };
  return { first: mean(() => 0), previous: mean((t) => t - 1), itself: mean((t) => t) };
}

/** The source that a position attends to most, or whose attention changes most. */
export function strongestSource(attention: Float32Array): number {
  return attention.reduce((best, value, source) => (Math.abs(value) > Math.abs(attention[best]) ? source : best), 0);
}
