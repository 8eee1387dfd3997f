import type { ContextRange } from './context-range.ts';
import type { LayerRecorder } from './layer-recorder.ts';

/** Runs the corpus's contexts, and hands what comes of them to recorders. */
export interface CorpusPass {
  /** `next` is what will be asked for then: a pass may begin it while the host takes in this. */
  run(recorders: readonly LayerRecorder[], range: ContextRange, next?: ContextRange): Promise<void>;
  /** Does what it has put off until later, before what recorders took in is committed. */
  settle(recorders: readonly LayerRecorder[]): Promise<void>;
  dispose(): Promise<void>;
}
