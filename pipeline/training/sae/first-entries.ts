import type { Entries } from './kernels.ts';

/** The first `kept` entries of `tokens` tokens in arrays that have room for more. */
export function firstEntries({ rowStart, features, values }: Entries, tokens: number, kept: number): Entries {
  return {
    rowStart: rowStart.subarray(0, tokens + 1),
    features: features.subarray(0, kept),
    values: values.subarray(0, kept),
  };
}
