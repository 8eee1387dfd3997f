import { availableParallelism } from 'node:os';
import { allSaeBytes, modelBytes } from './held-weights.ts';
import type { RecordingOptions } from './recording-options.ts';

/** Threads of a process that have an engine each, and the threads of each one's operators. */
export interface Lanes {
  readonly count: number;
  readonly threadsOfEach: number;
}

export interface LanesOptions extends Pick<RecordingOptions, 'engine' | 'model' | 'saes' | 'contexts'> {
  /** Threads that the run may use; all cores where it is left out. */
  readonly threads?: number | undefined;
  /** Tokens of a corpus that is divided, at the least. */
  readonly dividedTokens: number;
}

/** Most threads that record a corpus, and most that measure: the run and its companion. */
export const mostLanes = { recording: 4, measuring: 2 };

/** Every lane has the weights in programs of its own. */
const mostWeightBytes = 2 ** 27;

/**
 * How a run's work is divided among at most so many lanes. An operator's threads wait for each other at its end, and all of
 * them while the host scans; lanes do neither. There is one where the engine is no CPU's, the weights are large or the corpus
 * is short.
 */
export function lanesOf(options: LanesOptions, most: number): Lanes {
  const { engine, model, saes, contexts, threads = availableParallelism(), dividedTokens } = options;
  const isSmall = modelBytes(model.config) + allSaeBytes(saes) <= mostWeightBytes;
  const isLong = contexts.count * contexts.length >= dividedTokens;
  const pays = engine.backend === 'onnx-cpu' && isSmall && isLong;
  const count = pays ? Math.max(1, Math.min(most, threads, contexts.count)) : 1;
  return { count, threadsOfEach: Math.max(1, Math.floor(threads / count)) };
}
