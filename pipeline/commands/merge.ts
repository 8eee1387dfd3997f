import type { CommandDeclaration } from '../config/command.ts';
import { wholeRunSchema } from './run.ts';

export const mergeCommand = {
  name: 'merge',
  summary: 'joins the parts of a run that run --shard made, and finishes it',
  schema: wholeRunSchema,
  resumes: true,
} as const satisfies CommandDeclaration;
