import * as z from 'zod';
import type { CommandDeclaration } from '../config/command.ts';
import { field } from '../config/field.ts';
import { seed } from '../config/shared-fields.ts';
import { list, positive, text, whole } from '../config/value-kinds.ts';
import { styleNames } from '../measures/labels/style-names.ts';

export const labelSchema = z.strictObject({
  run: field(text('a folder that atlas run wrote'), {
    affects: 'inputs',
    kind: 'path',
    value: 'DIR',
    help: 'the finished run whose features are labelled',
  }),
  from: field(list(text('a path'), 'one or more files or folders').optional(), {
    affects: 'inputs',
    kind: 'path',
    list: true,
    value: 'FILE…',
    help: 'labels: JSONL, JSON, CSV, TSV, gzip of each of these, Parquet, Neuronpedia’s exports, Delphi’s folders',
  }),
  sae: field(text('the id of an SAE').optional(), {
    affects: 'nothing',
    kind: 'text',
    value: 'ID',
    help: 'the SAE that the labels are of, where they do not say or a layer has several; with --explain, the only one',
  }),
  explain: field(z.boolean({ error: 'expected true or false' }).default(false), {
    affects: 'nothing',
    kind: 'switch',
    help: 'ask a language model for labels',
  }),
  endpoint: field(
    z.url({ protocol: /^https?$/, error: 'expected an address such as http://localhost:8080/v1' }).optional(),
    {
      affects: 'nothing',
      kind: 'text',
      value: 'URL',
      help: 'an interface like OpenAI’s: Ollama’s, llama.cpp’s, vLLM’s, a hosted one',
    },
  ),
  model: field(text('the name of a model').optional(), {
    affects: 'nothing',
    kind: 'text',
    value: 'NAME',
    help: 'the model to ask there',
  }),
  keyEnv: field(text('the name of a variable').optional(), {
    affects: 'nothing',
    kind: 'text',
    value: 'VAR',
    help: 'the variable of the environment that holds its key',
  }),
  style: field(z.enum(styleNames, { error: `expected one of ${styleNames.join(', ')}` }).default('attention'), {
    affects: 'nothing',
    kind: 'text',
    value: 'NAME',
    help: 'what the model is shown: attention (with the sources read), neuronpedia, delphi',
  }),
  features: field(list(text('SAE/FEATURE'), 'features, such as 5/120').optional(), {
    affects: 'nothing',
    kind: 'text',
    list: true,
    value: '5/120,…',
    help: 'label these features, instead of a random sample',
  }),
  most: field(whole(1).default(100), {
    affects: 'nothing',
    kind: 'number',
    help: 'label so many live features; more, later, adds to them',
  }),
  score: field(z.boolean({ error: 'expected true or false' }).default(true), {
    affects: 'nothing',
    kind: 'switch',
    help: 'no detection and fuzzing scores: a request a feature in place of about seventeen',
  }),
  scoreExamples: field(whole(5, 100).default(20), {
    affects: 'nothing',
    kind: 'number',
    help: 'held-out examples that a label is scored on, with as many of other features',
  }),
  plan: field(z.boolean({ error: 'expected true or false' }).default(false), {
    affects: 'nothing',
    kind: 'switch',
    help: 'say how many requests and tokens it takes, and ask nothing',
  }),
  concurrency: field(whole(1, 256).default(4), {
    affects: 'nothing',
    kind: 'number',
    help: 'requests under way at a time',
  }),
  timeout: field(positive().default(120), {
    affects: 'nothing',
    kind: 'number',
    value: 'S',
    help: 'seconds that an answer may take',
  }),
  retries: field(whole(0, 20).default(6), {
    affects: 'nothing',
    kind: 'number',
    help: 'ask again so often after 429, 5xx, a broken connection or no answer',
  }),
  reasoningTokens: field(whole(0, 100_000).default(0), {
    affects: 'nothing',
    kind: 'number',
    help: 'tokens of each answer that a model may reason in before it answers',
  }),
  seed,
});
export type LabelConfig = z.infer<typeof labelSchema>;

export const labelCommand = {
  name: 'label',
  summary: 'labels for the features of a finished run: read from files, or asked of a language model',
  schema: labelSchema,
  resumes: true,
} as const satisfies CommandDeclaration;
