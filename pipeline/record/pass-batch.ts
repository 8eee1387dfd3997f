import type { Engine } from '../engine/program.ts';
import type { ModelConfig } from '../model/model.ts';
import { cachedBatch, fittingBatch } from './fitting-batch.ts';
import type { RunInputs } from './inputs.ts';

/** Contexts of a forward pass over the corpus: as many as asked for, if the attention patterns that are read have room. */
export const passBatch = (batch: number, { saes, model, contextLength }: RunInputs): number =>
  fittingBatch(batch, saes.length * model.config.nHeads * contextLength ** 2);

/** Those of it that go through the model together: on a CPU as many as its cache holds the patterns of. */
export const blockBatch = (
  batch: number,
  length: number,
  { nHeads }: Pick<ModelConfig, 'nHeads'>,
  { sharesMemory }: Pick<Engine, 'sharesMemory'>,
): number => (sharesMemory ? cachedBatch(batch, length, nHeads * length ** 2) : batch);
