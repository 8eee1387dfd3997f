import * as z from 'zod';
import type { CommandDeclaration } from '../config/command.ts';
import { field } from '../config/field.ts';
import { layers, outFolder } from '../config/shared-fields.ts';
import { list, text } from '../config/value-kinds.ts';

const name = (help: string, value: string) =>
  field(text('a name').optional(), { affects: 'nothing', kind: 'text', value, help });
const setMessage = 'expected letters, digits, - and _';

export const exportSchema = z.strictObject({
  run: field(text('a folder that atlas run wrote'), {
    affects: 'inputs',
    kind: 'path',
    value: 'DIR',
    help: 'the finished run that is exported',
  }),
  format: field(z.enum(['neuronpedia', 'circuit-tracer'], { error: 'expected neuronpedia or circuit-tracer' }), {
    affects: 'nothing',
    kind: 'text',
    value: 'NAME',
    help: 'neuronpedia: the tree that it imports; circuit-tracer: a file a feature, as its graphs read them',
  }),
  out: outFolder('where the files go'),
  layers,
  sae: field(list(text('an id'), 'ids of SAEs, such as 5-16k').optional(), {
    affects: 'nothing',
    kind: 'text',
    list: true,
    value: 'ID,…',
    help: 'only these SAEs; circuit-tracer: of a layer with several the one of --upstream-saes, unless it says another',
  }),
  modelId: name('what the model is called there (as in the run)', 'NAME'),
  set: field(
    z
      .string({ error: setMessage })
      .regex(/^[\w-]+$/, { error: setMessage })
      .default('att-atlas'),
    {
      affects: 'nothing',
      kind: 'text',
      value: 'NAME',
      help: 'Neuronpedia’s source set: a source is called LAYER-SET',
    },
  ),
  release: name('Neuronpedia’s release (MODEL-SET)', 'NAME'),
  title: name('of the release', 'TEXT'),
  creator: field(text('a name').default('attention-atlas'), {
    affects: 'nothing',
    kind: 'text',
    value: 'NAME',
    help: 'who made it',
  }),
  // Who Neuronpedia's own writers name where nobody is named.
  creatorId: field(text('an id').default('clkht01d40000jv08hvalcvly'), {
    affects: 'nothing',
    kind: 'text',
    value: 'ID',
    help: 'of the creator, in the Neuronpedia that imports it',
  }),
  url: field(
    z.url({ protocol: /^https?$/, error: 'expected an address such as https://arxiv.org/abs/2406.17759' }).optional(),
    { affects: 'nothing', kind: 'text', value: 'URL', help: 'of a paper or release' },
  ),
});
export type ExportConfig = z.infer<typeof exportSchema>;

export const exportCommand = {
  name: 'export',
  summary: 'tables → the files of Neuronpedia, or of circuit-tracer',
  schema: exportSchema,
  resumes: false,
} as const satisfies CommandDeclaration;
