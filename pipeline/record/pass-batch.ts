import { fittingBatch } from './fitting-batch.ts';
import type { RunInputs } from './inputs.ts';

/** Contexts of a forward pass over the corpus: as many as asked for, if the attention patterns that are read have room. */
export const passBatch = (batch: number, { saes, model, contextLength }: RunInputs): number =>
  fittingBatch(batch, saes.length * model.config.nHeads * contextLength ** 2);
