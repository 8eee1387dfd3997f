import type { Model } from '../core/model.ts';
import type { Sae } from '../core/sae.ts';
import type { Effects } from '../effects.ts';
import type { Engine } from '../engine/program.ts';
import type { ContextFile } from './context-file.ts';
import { measureQuality, type SaeQuality } from './quality.ts';

export interface QualityJob {
  readonly engine: Engine;
  readonly model: Model;
  readonly saes: readonly Sae[];
  readonly contexts: ContextFile;
  readonly effects: Effects;
}

/** SAE quality on the first contexts of a run, about as many tokens as asked for, at least one context. */
export async function runQuality({ contexts, ...job }: QualityJob, tokens: number): Promise<SaeQuality[]> {
  const count = Math.min(contexts.count, Math.max(1, Math.floor(tokens / (contexts.length - 1))));
  return measureQuality({ ...job, context: contexts.length, contexts: each(contexts, count) });
}

/** The first `count` contexts of a file, one by one. */
export async function* each(contexts: ContextFile, count = contexts.count): AsyncGenerator<Int32Array> {
  for (let context = 0; context < count; context++) yield contexts.read(context, 1);
}
