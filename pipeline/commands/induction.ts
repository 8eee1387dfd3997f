import * as z from 'zod';
import type { CommandDeclaration } from '../config/command.ts';
import { field } from '../config/field.ts';
import { engineFields, maybeFolder, model, seed } from '../config/shared-fields.ts';
import { text } from '../config/value-kinds.ts';

const inductionSchema = z.strictObject({
  model,
  seed,
  out: maybeFolder('also writes the heads there, as Parquet: DIR/head_scores'),
  json: field(text('a file').optional(), {
    affects: 'nothing',
    kind: 'path',
    value: 'FILE',
    help: 'also writes the heads and the sequences that they were measured on there',
  }),
  ...engineFields,
});
export type InductionConfig = z.infer<typeof inductionSchema>;

export const inductionCommand = {
  name: 'induction',
  summary: 'does a model copy, and which of its heads: loss on repeated random tokens, scores of every head',
  schema: inductionSchema,
  resumes: false,
} as const satisfies CommandDeclaration;
