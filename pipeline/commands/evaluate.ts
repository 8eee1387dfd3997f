import * as z from 'zod';
import type { CommandDeclaration } from '../config/command.ts';
import { field } from '../config/field.ts';
import { corpusFields, engineFields, qualityTokens } from '../config/shared-fields.ts';
import { text } from '../config/value-kinds.ts';

export const evaluateSchema = z.strictObject({
  ...corpusFields,
  ...engineFields,
  qualityTokens,
  json: field(text('a file').optional(), {
    affects: 'nothing',
    kind: 'path',
    value: 'FILE',
    help: 'also writes the table there',
  }),
  svg: field(text('a file').optional(), {
    affects: 'nothing',
    kind: 'path',
    value: 'FILE',
    help: 'also draws the frontier of layers with several SAEs there',
  }),
});
export type EvaluateConfig = z.infer<typeof evaluateSchema>;

export const evaluateCommand = {
  name: 'evaluate',
  summary: 'prints the SAE quality table',
  schema: evaluateSchema,
  resumes: false,
} as const satisfies CommandDeclaration;
