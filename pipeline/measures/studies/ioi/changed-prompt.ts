import type { Snapshot } from './snapshots.ts';

/** What is added at the changed position to the activations of a place, by placeName, of a layer or of several. */
export type Change = ReadonlyMap<string, Float32Array>;

export type ChangedAt = 's2' | 'end';

/** A prompt that is to be run again with a change. */
export interface ChangedPrompt {
  readonly snapshot: Snapshot;
  readonly change: Change;
}
