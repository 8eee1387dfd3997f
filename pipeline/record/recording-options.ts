import type { Effects } from '../effects.ts';
import type { Engine } from '../engine/program.ts';
import type { Model } from '../model/model.ts';
import type { Sae } from '../sae/sae.ts';
import type { ContextFile } from './context-file.ts';
import type { ContextRange } from './context-range.ts';
import type { SharedThresholds } from './lane-thresholds.ts';
import type { Workspace } from './workspace.ts';

export interface RecordingOptions {
  readonly engine: Engine;
  readonly model: Model;
  readonly saes: readonly Sae[];
  readonly contexts: ContextFile;
  /** The contexts that are recorded; all of them where it is left out. */
  readonly part?: ContextRange;
  /** Where other threads record other parts meanwhile: by SAE, and which lane of them this is. */
  readonly lane?: { readonly number: number; readonly thresholds: readonly SharedThresholds[] };
  /** Contexts whose working files must have room on the disk; those that are recorded where it is left out. */
  readonly roomFor?: number;
  readonly workspace: Workspace;
  readonly batch: number;
  readonly examples: number;
  /** Contexts kept of each head; none where it is left out. */
  readonly headSequences?: number;
  /** Tokens of a segment of the activation log, about. Nothing in the tables depends on it. */
  readonly segmentTokens: number;
  readonly effects: Effects;
}
