import type { Model } from '../core/model.ts';
import type { Sae } from '../core/sae.ts';
import type { Effects } from '../effects.ts';
import type { Engine } from '../engine/program.ts';
import type { ContextFile } from './context-file.ts';
import { type MeasuredSae, measureQuality } from './quality.ts';

export interface QualityJob {
  readonly engine: Engine;
  readonly model: Model;
  readonly saes: readonly Sae[];
  readonly contexts: ContextFile;
  readonly effects: Effects;
}

/**
 * SAE quality on contexts spread evenly over a run, about as many tokens as asked for, at least one context. The run's own
 * batch is left out, since float32 sums over a batch would make the last digits depend on it.
 */
export async function runQuality(job: QualityJob, tokens: number): Promise<MeasuredSae[]> {
  const { engine, model, saes, contexts, effects } = job;
  const count = Math.min(contexts.count, Math.max(1, Math.floor(tokens / (contexts.length - 1))));
  return measureQuality({
    engine,
    model,
    saes,
    effects,
    context: contexts.length,
    contexts: each(contexts, count),
  });
}

/** As many contexts of a file as asked for, evenly spread over it, one by one; all of them unless told. */
export async function* each(contexts: ContextFile, count = contexts.count): AsyncGenerator<Int32Array> {
  for (let i = 0; i < count; i++) yield contexts.read(Math.floor((i * contexts.count) / count), 1);
}
