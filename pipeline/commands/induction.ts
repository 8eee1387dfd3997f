import * as z from 'zod';
import type { CommandDeclaration } from '../config/command.ts';
import { engineFields, model, seed } from '../config/shared-fields.ts';

const inductionSchema = z.strictObject({ model, seed, ...engineFields });
export type InductionConfig = z.infer<typeof inductionSchema>;

export const inductionCommand = {
  name: 'induction',
  summary: 'loss on repeated random tokens: does it copy?',
  schema: inductionSchema,
  resumes: false,
} as const satisfies CommandDeclaration;
