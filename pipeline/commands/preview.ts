import * as z from 'zod';
import type { CommandDeclaration } from '../config/command.ts';
import { field } from '../config/field.ts';
import { base, port } from '../config/shared-fields.ts';
import { text } from '../config/value-kinds.ts';

const previewSchema = z.strictObject({
  site: field(text('a folder that atlas site wrote').default('dist'), {
    affects: 'nothing',
    kind: 'path',
    value: 'DIR',
    help: 'the built site',
  }),
  base,
  host: field(text('a host name').default('127.0.0.1'), {
    affects: 'nothing',
    kind: 'text',
    value: 'NAME',
    help: 'address to listen on',
  }),
  port,
});
export type PreviewConfig = z.infer<typeof previewSchema>;

export const previewCommand = {
  name: 'preview',
  summary: 'serves a built site',
  schema: previewSchema,
  resumes: false,
} as const satisfies CommandDeclaration;
