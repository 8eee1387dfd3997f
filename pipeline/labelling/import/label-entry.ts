import { z } from 'zod';

const number = z.number().nullable().default(null);
const words = z.string().nullable().default(null);
const score = z.object({ kind: z.string(), value: z.number(), low: number, high: number });

/** A label as a file has it, before it is known whether the run has such a feature. */
export const labelEntry = z.object({
  /** An SAE's id, or else a layer; where neither is said, the run has but one SAE, or --sae names it. */
  sae: words,
  layer: z.int().nullable().default(null),
  feature: z.int().nonnegative(),
  label: z.string(),
  author: words,
  model: words,
  source: words,
  scores: z.array(score).default([]),
});

export type LabelEntry = z.infer<typeof labelEntry>;
export type LabelScore = z.infer<typeof score>;

/** An entry with where it is from, for messages, or why there is none. */
export type FoundLabel = { readonly entry: LabelEntry; readonly place: string } | { readonly left: string };
