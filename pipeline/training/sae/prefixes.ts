import { padded } from './arena.ts';
import type { Entries } from './kernels.ts';
import type { SaeState } from './state.ts';

/**
 * The entries of a batch by the nested prefix that their feature is first in: those from 0 to prefixes[0], from there
 * to prefixes[1] and so on. Source: Bussmann et al. 2025, arXiv:2503.17547.
 */
export function byPrefix(state: SaeState, entries: Entries, prefixes: readonly number[]): Entries[] {
  if (prefixes.length === 1) return [entries];
  const { batch } = state.options;
  const { groupRowStart, groupFeatures } = state.ints;
  const { groupValues } = state.floats;
  let from = 0;
  return prefixes.map((end, group) => {
    const start = group === 0 ? 0 : prefixes[group - 1];
    const rowStart = groupRowStart.subarray(group * padded(batch + 1)).subarray(0, batch + 1);
    const first = from;
    for (let token = 0; token < batch; token++) {
      rowStart[token] = from - first;
      for (let entry = entries.rowStart[token]; entry < entries.rowStart[token + 1]; entry++) {
        const feature = entries.features[entry];
        if (feature < start || feature >= end) continue;
        groupFeatures[from] = feature;
        groupValues[from++] = entries.values[entry];
      }
    }
    rowStart[batch] = from - first;
    return { rowStart, features: groupFeatures.subarray(first, from), values: groupValues.subarray(first, from) };
  });
}
