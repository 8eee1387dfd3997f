import * as z from 'zod';
import type { CommandDeclaration } from '../config/command.ts';
import { field } from '../config/field.ts';
import { text } from '../config/value-kinds.ts';

const statusSchema = z.strictObject({
  run: field(text('the folder of a run'), {
    affects: 'inputs',
    kind: 'path',
    value: 'DIR',
    help: 'OUT of the run',
  }),
});
export type StatusConfig = z.infer<typeof statusSchema>;

export const statusCommand = {
  name: 'status',
  summary: 'tells how far a run is: its parts done, running, failed; the time left',
  schema: statusSchema,
  resumes: false,
} as const satisfies CommandDeclaration;
