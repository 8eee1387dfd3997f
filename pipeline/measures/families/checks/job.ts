import type { Effects } from '../../../effects.ts';
import type { Engine } from '../../../engine/program.ts';
import type { Model } from '../../../model/model.ts';
import type { ContextFile } from '../../../record/context-file.ts';
import type { LayerRecorder } from '../../../record/layer-recorder.ts';
import type { Sample } from '../../../record/sample.ts';
import type { FamilyContext } from '../families.ts';
import type { FamilyClaim } from './claim.ts';
import type { DrawnToken } from './draw-tokens.ts';

export interface FamilyChecksJob {
  /** Where the table goes. */
  readonly out: string;
  readonly engine: Engine;
  readonly model: Model;
  readonly contexts: ContextFile;
  /** The contexts that random tokens are drawn from: a forward pass of these, however large the run. */
  readonly sample: Sample;
  readonly seed: number;
  readonly recorders: readonly LayerRecorder[];
  readonly families: FamilyContext;
  /** By SAE, what features were given a family that single tokens can show. */
  readonly claims: ReadonlyMap<string, readonly FamilyClaim[]>;
  /** Forward tokens that it may cost. */
  readonly limit?: number | undefined;
  readonly effects: Effects;
}

/** What checks cost: forward tokens, those of padding among them, and the contexts that were run for attributions. */
export interface ChecksCost {
  readonly tokens: number;
  readonly contexts: number;
}

/** The claims of one SAE, with the tokens drawn to try them on. */
export interface CheckedLayer {
  readonly recorder: LayerRecorder;
  readonly claims: ReadonlyMap<number, FamilyClaim>;
  readonly read: readonly DrawnToken[];
  readonly context: readonly DrawnToken[];
}
