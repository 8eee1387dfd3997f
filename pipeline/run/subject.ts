import type { RunConfig } from '../commands/run.ts';
import type { Effects } from '../effects.ts';
import type { Engine } from '../engine/index.ts';
import type { ContextFile } from '../record/context-file.ts';
import type { RunInputs } from '../record/inputs.ts';
import type { RunSamples } from '../record/run-samples.ts';
import type { StoredParts } from '../record/stored-parts.ts';

/** What a run's measures are computed of, and with. */
export interface RunSubject {
  readonly settings: RunConfig;
  readonly inputs: RunInputs;
  readonly engine: Engine;
  readonly contexts: ContextFile;
  readonly samples: RunSamples;
  readonly parts: StoredParts;
  readonly effects: Effects;
}
