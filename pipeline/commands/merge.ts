import * as z from 'zod';
import type { CommandDeclaration } from '../config/command.ts';
import { field } from '../config/field.ts';
import { runFields } from './run.ts';

const mergeSchema = z.strictObject({
  ...runFields,
  joinOnly: field(z.boolean({ error: 'expected true or false' }).default(false), {
    affects: 'nothing',
    kind: 'switch',
    help: 'end when the parts are joined, so that measure can share out what follows',
  }),
});
export type MergeConfig = z.infer<typeof mergeSchema>;

export const mergeCommand = {
  name: 'merge',
  summary: 'joins the parts of a run that run --shard made, and finishes it',
  schema: mergeSchema,
  resumes: true,
} as const satisfies CommandDeclaration;
