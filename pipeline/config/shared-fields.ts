import * as z from 'zod';
import { backendNames, precisions } from '../engine/program.ts';
import { type Affects, field } from './field.ts';
import { list, text, whole } from './value-kinds.ts';

// What several commands take.
export const model = field(text('a model directory'), {
  affects: 'inputs',
  kind: 'path',
  value: 'DIR',
  help: 'model: config.json, model.safetensors, tokenizer.json',
});
export const saes = field(text('a directory of SAEs'), {
  affects: 'inputs',
  kind: 'path',
  value: 'DIR',
  help: 'SAEs: SAELens folders (safetensors, npz), or .pt files',
});
export const corpus = field(list(text('a path'), 'one or more paths'), {
  affects: 'inputs',
  kind: 'path',
  list: true,
  value: 'PATH…',
  help: 'text: JSONL, JSON, plain text, Parquet, gzip of each; files, folders, globs',
});
const shuffle = field(z.boolean({ error: 'expected true or false' }).default(false), {
  affects: 'numbers',
  kind: 'switch',
  help: 'read files, and documents among some 16 million characters, in random order',
});
const dedup = field(z.boolean({ error: 'expected true or false' }).default(false), {
  affects: 'numbers',
  kind: 'switch',
  help: 'leave out documents half of whose runs of 50 tokens were in earlier ones',
});
export const context = field(whole(2).optional(), {
  affects: 'numbers',
  kind: 'number',
  help: "tokens per context (the SAEs', else 128, at most the model's)",
});
const bos = field(z.enum(['auto', 'yes', 'no'], { error: 'expected auto, yes or no' }).default('auto'), {
  affects: 'numbers',
  kind: 'text',
  value: 'WHEN',
  help: 'begin each context with the beginning-of-sequence token: auto (as the SAEs’ were), yes, no',
});
export const tokens = field(whole(1).optional(), {
  affects: 'numbers',
  kind: 'number',
  help: 'stop after this many tokens',
});
export const layers = field(list(whole(0), 'layer numbers, such as 0,3').optional(), {
  affects: 'numbers',
  kind: 'number',
  list: true,
  value: '0,3',
  help: 'only these layers',
});
const selectMessage = 'globs over the SAEs’ folders or ids, such as layer_*/width_16k/*';
export const select = field(list(text('a glob'), selectMessage).optional(), {
  affects: 'numbers',
  kind: 'text',
  list: true,
  value: 'GLOB,…',
  help: 'only the SAEs whose folder within --saes, or whose id, matches',
});
export const upstreamSaes = field(list(text('an id'), 'ids of SAEs, such as 5-16k').optional(), {
  affects: 'numbers',
  kind: 'text',
  list: true,
  value: 'ID,…',
  help: 'where a layer has several: whose features upstream edges and wiring name (the first)',
});
const backend = field(z.enum(backendNames, { error: `expected one of ${backendNames.join(', ')}` }).optional(), {
  affects: 'numbers',
  kind: 'text',
  value: 'NAME',
  help: `what computes: ${backendNames.join(', ')}`,
});
export const batch = field(whole(1).default(16), {
  affects: 'nothing',
  kind: 'number',
  help: 'contexts per forward pass',
});
export const seed = field(whole(0, 2 ** 32 - 1).default(0), {
  affects: 'numbers',
  kind: 'number',
  help: 'seed of every random choice',
});
const threads = field(whole(1, 1024).optional(), {
  affects: 'nothing',
  kind: 'number',
  help: 'threads (all cores)',
});
export const qualityTokens = field(whole(1).default(32_768), {
  affects: 'numbers',
  kind: 'number',
  help: 'tokens the quality table is measured on',
});
const budgetMessage = 'expected a multiple of the corpus pass, such as 1x or 0.5x, or a number of forward tokens';
export const budget = field(
  z
    .string({ error: budgetMessage })
    .regex(/^(?:(?:\d{1,6}(?:\.\d{1,6})?|\.\d{1,6})x|\d{1,15})$/, { error: budgetMessage })
    .optional(),
  {
    affects: 'numbers',
    kind: 'text',
    value: 'Nx',
    help: 'forward tokens that context cuts, upstream features, family checks and studies may cost: 1x as many as the corpus pass, or a number (no limit)',
  },
);
export const processing = field(
  z.enum(['auto', 'raw', 'folded'], { error: 'expected auto, raw or folded' }).default('auto'),
  {
    affects: 'numbers',
    kind: 'text',
    value: 'HOW',
    help: 'which z the SAEs read: auto (as their configs say), raw, or folded (the value biases left out)',
  },
);
export const anyModel = field(z.boolean({ error: 'expected true or false' }).default(false), {
  affects: 'nothing',
  kind: 'switch',
  help: 'take SAEs whose configs name another model as well',
});
export const port = field(whole(0, 65_535).optional(), {
  affects: 'nothing',
  kind: 'number',
  help: 'port: 4321, or a free one when it is taken; 0 takes a free one',
});
export const outFolder = (help: string) =>
  field(text('a folder'), { affects: 'nothing', kind: 'path', value: 'DIR', help });
export const maybeFolder = (help: string, affects: Affects = 'nothing') =>
  field(text('a folder').optional(), { affects, kind: 'path', value: 'DIR', help });

const baseMessage = 'expected a path such as / or /atlas';
export const base = field(
  z
    .string({ error: baseMessage })
    // Not `.` or `..`, which a browser resolves away.
    .regex(/^\/(?:(?!\.{1,2}(?:\/|$))[\w.~-]+(?:\/|$))*$/, { error: baseMessage })
    .default('/'),
  { affects: 'nothing', kind: 'text', value: '/PATH', help: 'where on its host the site lives' },
);

const urlMessage = 'expected a host such as https://example.org, its path being --base';
export const url = field(
  z
    .string({ error: urlMessage })
    .regex(/^https?:\/\/[\w.-]+(?::\d+)?\/?$/, { error: urlMessage })
    .transform((host) => host.replace(/\/$/, ''))
    .optional(),
  {
    affects: 'nothing',
    kind: 'text',
    value: 'URL',
    help: 'host of the site, so that previews of its links find their pictures',
  },
);

const shardMessage = 'expected a part such as 2/4, auto, or auto/4';
export const shard = field(
  z
    .string({ error: shardMessage })
    .regex(/^(?:(?:[1-9]\d{0,5}|auto)\/[1-9]\d{0,5}|auto)$/, { error: shardMessage })
    .optional(),
  {
    affects: 'nothing',
    kind: 'text',
    value: 'I/N',
    help: 'only the I-th of N parts, from 1/N to N/N; auto: as Slurm, Kubernetes or torchrun numbers this process',
  },
);

const precision = field(z.enum(precisions, { error: `expected one of ${precisions.join(', ')}` }).default('f32'), {
  affects: 'numbers',
  kind: 'text',
  value: 'HOW',
  help: 'of matrix products: f32, or tf32, which onnx-cuda and tfjs-node-gpu have',
});
export const engineFields = { backend, threads, precision };
export const corpusFields = { model, saes, corpus, shuffle, dedup, context, bos, layers, select, processing, anyModel };
