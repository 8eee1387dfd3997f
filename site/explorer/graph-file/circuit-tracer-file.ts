import * as z from 'zod';
import { UserError } from '../../../pipeline/errors/user-error.ts';

// Compiled schemas need eval, which the page's Content-Security-Policy forbids.
z.config({ jitless: true });

const index = z.int().nonnegative();
const finite = z.number();

const nodeSchema = z.object({
  node_id: z.string(),
  feature: z.number().nullable(),
  layer: z.union([z.string(), z.number()]).transform(String),
  ctx_idx: index,
  feature_type: z.string(),
  token_prob: z.number().optional(),
  is_target_logit: z.boolean().default(false),
  run_idx: z.number().default(0),
  reverse_ctx_idx: z.number().default(0),
  jsNodeId: z.string().default(''),
  clerp: z
    .string()
    .nullish()
    .transform((clerp) => clerp ?? ''),
  influence: finite.nullish(),
  activation: finite.nullish(),
  // What attention-atlas writes beside the format's own fields.
  kind: z.string().optional(),
  position: index.nullish(),
  attribution: finite.optional(),
  remainder: finite.optional(),
  pruned: index.nullish(),
  label: z
    .object({
      sae: z.string(),
      family: z.string().nullable(),
      promotes: z.array(z.string()).readonly(),
      name: z.string().optional(),
      named_by: z.enum(['rule', 'label']).optional(),
      score_at_chance: z.boolean().optional(),
    })
    .partial()
    .optional()
    .catch(undefined),
});

const linkSchema = z.object({
  source: z.string(),
  target: z.string(),
  weight: finite,
  attribution: finite.optional(),
  head: index.nullish(),
});

const fileSchema = z.object({
  metadata: z.object({
    slug: z.string(),
    scan: z.union([z.string(), z.array(z.string()).transform((names) => names.join(', '))]),
    transcoder_list: z.array(z.string()).optional(),
    prompt_tokens: z.array(z.string()),
    prompt: z.string(),
    schema_version: z.number().optional(),
    info: z.unknown().optional(),
    // Other writers have settings of their own here.
    generation_settings: z.object({ max_depth: index, min_share: finite }).partial().optional().catch(undefined),
    token_ids: z.array(index).readonly().optional(),
    saes: z.array(z.string()).readonly().default([]),
    pinned_only: z.boolean().default(false),
    logit: z.object({ position: index, tokenId: index, minusTokenId: index.nullable() }).nullish(),
  }),
  qParams: z
    .object({
      // A query string's form of them, which some writers leave in.
      pinnedIds: z
        .union([z.array(z.string()), z.string().transform((ids) => ids.split(',').filter((id) => id !== ''))])
        .nullish(),
      supernodes: z.array(z.array(z.string())).nullish(),
      linkType: z.string().nullish(),
      clickedId: z.string().nullish(),
      sg_pos: z.string().nullish(),
    })
    .default({}),
  nodes: z.array(nodeSchema),
  links: z.array(linkSchema),
});

/** A graph file as it is read: what attention-atlas adds may be missing. */
export type ReadGraphFile = z.infer<typeof fileSchema>;

/** The same as it is written. */
export interface CircuitTracerFile {
  readonly metadata: object;
  readonly qParams: {
    readonly pinnedIds: readonly string[];
    readonly supernodes: readonly (readonly string[])[];
    readonly linkType: string;
    readonly clickedId: string;
    readonly sg_pos: string;
  };
  readonly nodes: readonly CircuitTracerNode[];
  readonly links: readonly CircuitTracerLink[];
}
export type CircuitTracerNode = Readonly<z.infer<typeof nodeSchema>>;
export type CircuitTracerLink = Readonly<z.infer<typeof linkSchema>>;

/** Throws UserError where a text is no graph in circuit-tracer's format. */
export function parseGraphFile(text: string, file: string): ReadGraphFile {
  const parsed = fileSchema.safeParse(jsonOf(text, file));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UserError(`not a graph in circuit-tracer's format: ${issue?.path.join('.')}: ${issue?.message} (${file})`);
}

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError(`not a graph in circuit-tracer's format: the file is no JSON (${file})`);
  }
}
