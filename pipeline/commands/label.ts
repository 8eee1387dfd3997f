import * as z from 'zod';
import type { CommandDeclaration } from '../config/command.ts';
import { field } from '../config/field.ts';
import { list, text } from '../config/value-kinds.ts';

export const labelSchema = z.strictObject({
  run: field(text('a folder that atlas run wrote'), {
    affects: 'inputs',
    kind: 'path',
    value: 'DIR',
    help: 'the finished run whose features are labelled',
  }),
  from: field(list(text('a path'), 'one or more files or folders').optional(), {
    affects: 'inputs',
    kind: 'path',
    list: true,
    value: 'FILE…',
    help: 'labels: JSONL, JSON, CSV, TSV, Parquet, gzip of each, Neuronpedia’s exports, Delphi’s folders',
  }),
  sae: field(text('the id of an SAE').optional(), {
    affects: 'nothing',
    kind: 'text',
    value: 'ID',
    help: 'the SAE that the labels are of, where they do not say, or where a layer has several',
  }),
});
export type LabelConfig = z.infer<typeof labelSchema>;

export const labelCommand = {
  name: 'label',
  summary: 'labels for the features of a finished run: read from files, or asked of a language model',
  schema: labelSchema,
  resumes: true,
} as const satisfies CommandDeclaration;
