import { z } from 'zod';
import { foldedBiases } from '../sae/folded-bias.ts';
import { lowerSaes } from '../sae/lower-saes.ts';
import { sites } from '../sae/site.ts';

const sample = z.object({ contexts: z.int(), tokens: z.int() });
/** Files under the names that a run gives them, and one hash of them all: that of their list as sha256sum prints it. */
const identity = z.object({
  sha256: z.string(),
  files: z.array(z.object({ file: z.string(), sha256: z.string() })),
});
export type Identity = z.infer<typeof identity>;

/** A corpus file of which something was packed. */
const corpusFile = z.object({
  file: z.string(),
  format: z.string(),
  bytes: z.int(),
  sha256: z.string(),
  documents: z.int(),
  tokens: z.int(),
});

/**
 * OUT/run.json: what was run on what, and how it went; written through this schema, and read through it. It names files
 * as a run does, `corpus/part-1.jsonl`, and holds no path of the machine that it was made on.
 */
export const runRecord = z.object({
  version: z.string(),
  /** The same fingerprint, the same tables: inputs by their bytes and names, and the settings that change numbers. */
  fingerprint: z.string(),
  /** The settings that are no paths; `context` is the length that contexts have, `bos` how they begin. */
  config: z.looseObject({ context: z.int().positive(), bos: z.enum(['yes', 'no']).optional() }),
  model: identity.extend({ name: z.string(), nLayers: z.int(), nHeads: z.int() }).loose(),
  tokenizer: identity.extend({ vocabSize: z.int() }),
  /** By layer and id. */
  saes: z.array(
    identity.extend({
      id: z.string(),
      layer: z.int(),
      site: z.enum(sites),
      source: z.string(),
      foldedBias: z.enum(foldedBiases),
    }),
  ),
  /** What was packed, in its order. */
  corpus: z.array(corpusFile),
  counts: z.object({
    /** Corpus files that something was packed of, and those that were there. */
    files: z.int(),
    filesGiven: z.int(),
    documents: z.int(),
    /** Tokens packed, the beginning-of-sequence tokens left out. */
    tokens: z.int(),
    contexts: z.int(),
    /** Near-duplicates that were left out, and their tokens; only where they were looked for. */
    documentsDropped: z.int().optional(),
    tokensDropped: z.int().optional(),
    features: z.int(),
    alive: z.int(),
  }),
  /** Forward tokens that analyses could cost, what each did, and what went without; where it was limited. */
  budget: z
    .object({
      tokens: z.int(),
      contextCuts: z.object({ tokens: z.int(), featuresCutShort: z.int() }),
      upstream: z.object({ tokens: z.int(), examplesWithout: z.int() }),
      /** On random tokens of so many contexts; absent from older runs. */
      familyChecks: z.object({ tokens: z.int(), contexts: z.int() }).optional(),
      /** Of the studies that run the model, together; absent from older runs. */
      studies: z.object({ tokens: z.int() }).optional(),
    })
    .optional(),
  /** How much of the run was read where a sample is enough; tokens without BOS. */
  samples: z.object({
    quality: sample,
    proxy: sample,
    compared: sample,
    attention: sample,
    counted: sample,
    checked: sample,
  }),
  timings: z.record(z.string(), z.number()),
  versions: z.record(z.string(), z.string()),
  completedAt: z.string(),
});

export type RunRecord = z.infer<typeof runRecord>;

/** The SAEs by which a finished run took lower layers apart, as its record says. */
export function upstreamSaesOf({ saes, config }: RunRecord): RunRecord['saes'] {
  const { upstreamSaes } = config;
  const asked = Array.isArray(upstreamSaes) ? upstreamSaes.map(String) : [];
  return lowerSaes(saes, asked);
}
