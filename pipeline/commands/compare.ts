import * as z from 'zod';
import type { CommandDeclaration } from '../config/command.ts';
import { field } from '../config/field.ts';
import { engineFields, maybeFolder } from '../config/shared-fields.ts';
import { text } from '../config/value-kinds.ts';

const finishedRun = (help: string) =>
  field(text('a folder that atlas run wrote'), { affects: 'inputs', kind: 'path', value: 'DIR', help });
const siteMessage = 'expected the address of a site, such as /other/ or https://example.org/other/';

export const compareSchema = z.strictObject({
  run: finishedRun('the finished run that gets the comparison, for its site to show'),
  with: finishedRun('another finished run of the same model'),
  name: field(text('a name').optional(), {
    affects: 'nothing',
    kind: 'text',
    value: 'NAME',
    help: 'what the other run is called on pages (the name of its folder)',
  }),
  otherSite: field(
    z
      .string({ error: siteMessage })
      .regex(/^(?:https?:\/\/[\w.-]+(?::\d+)?)?\/(?:[\w.~-]+\/)*(?:[\w.~-]+)?$/, { error: siteMessage })
      .transform((address) => (address.endsWith('/') ? address : `${address}/`))
      .optional(),
    {
      affects: 'nothing',
      kind: 'text',
      value: 'URL',
      help: 'where the other run’s site is, for links to its pages; on the same host, pages of both can be put side by side',
    },
  ),
  saes: maybeFolder('the run’s SAEs, where they have moved', 'inputs'),
  otherSaes: maybeFolder('the other run’s SAEs, where they have moved', 'inputs'),
  ...engineFields,
});
export type CompareConfig = z.infer<typeof compareSchema>;

export const compareCommand = {
  name: 'compare',
  summary: 'what differs between two runs of a model: settings, quality, heads, and features matched by decoder',
  schema: compareSchema,
  resumes: false,
} as const satisfies CommandDeclaration;
