import * as z from 'zod';
import type { CommandDeclaration } from '../config/command.ts';
import { shard } from '../config/shared-fields.ts';
import { runFields } from './run.ts';

const measureSchema = z.strictObject({ ...runFields, shard });
export type MeasureConfig = z.infer<typeof measureSchema>;

export const measureCommand = {
  name: 'measure',
  summary: 'computes part of what merge will need, once the parts of a run are joined',
  schema: measureSchema,
  resumes: true,
} as const satisfies CommandDeclaration;
