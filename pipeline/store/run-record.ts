import { z } from 'zod';
import { foldedBiases } from '../core/folded-bias.ts';

const input = z.looseObject({ sha256: z.string() });

/** OUT/run.json: what was run on what, and how it went. */
export const runRecord = z.looseObject({
  version: z.string(),
  config: z.looseObject({}),
  model: z.looseObject({ name: z.string(), nLayers: z.int(), nHeads: z.int(), sha256: z.string() }),
  saes: z.array(input.extend({ layer: z.int(), source: z.string(), foldedBias: z.enum(foldedBiases).default('none') })),
  corpus: z.array(input.extend({ path: z.string(), bytes: z.int() })),
  counts: z.looseObject({
    documents: z.int(),
    tokens: z.int(),
    contexts: z.int(),
    features: z.int(),
    alive: z.int(),
  }),
});

export type RunRecord = z.infer<typeof runRecord>;
