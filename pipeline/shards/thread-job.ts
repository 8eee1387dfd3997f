import type { StopFlag } from '../effects/stop-flag.ts';
import type { EngineOptions } from '../engine/index.ts';
import type { ContextRange } from '../record/context-range.ts';
import type { RecordingOptions } from '../record/recording-options.ts';

type Shared = 'model' | 'saes' | 'batch' | 'examples' | 'headSequences' | 'segmentTokens';

/** What a thread is given to record a part of the corpus: all of it can be sent to another thread. */
export interface ThreadJob extends Pick<RecordingOptions, Shared> {
  readonly out: string;
  /** Of the run, and of the part's working folder in OUT. */
  readonly fingerprint: string;
  readonly folder: string;
  /** The file of contexts, and the tokens of one. */
  readonly contexts: { readonly path: string; readonly length: number };
  readonly part: ContextRange;
  readonly lane: NonNullable<RecordingOptions['lane']>;
  readonly roomFor: number;
  readonly engine: EngineOptions;
  /** A StopFlag's. */
  readonly stop: StopFlag['shared'];
}

/** What a thread says: tokens that it has recorded, or a line to be printed. */
export type FromThread = { readonly tokens: number } | { readonly line: string };
