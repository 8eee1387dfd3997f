import * as z from 'zod';
import type { CommandDeclaration } from '../config/command.ts';
import { field } from '../config/field.ts';
import { base, engineFields, maybeFolder, port, tokens } from '../config/shared-fields.ts';

const demoSchema = z.strictObject({
  serve: field(z.boolean({ error: 'expected true or false' }).default(true), {
    affects: 'nothing',
    kind: 'switch',
    help: 'serve the site when it is built (--no-serve: end there)',
  }),
  port,
  tokens,
  out: maybeFolder('where the tables go (runs/demo)'),
  site: maybeFolder('where the site goes (dist)'),
  base,
  ...engineFields,
});
export type DemoConfig = z.infer<typeof demoSchema>;

export const demoCommand = {
  name: 'demo',
  summary: 'runs the embedded model, builds its site and serves it',
  schema: demoSchema,
  resumes: true,
} as const satisfies CommandDeclaration;
