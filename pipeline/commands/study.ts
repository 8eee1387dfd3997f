import * as z from 'zod';
import type { CommandDeclaration } from '../config/command.ts';
import { field } from '../config/field.ts';
import {
  anyModel,
  batch,
  context,
  corpus,
  engineFields,
  layers,
  model,
  outFolder,
  processing,
  saes,
  seed,
  select,
  upstreamSaes,
} from '../config/shared-fields.ts';
import { whole } from '../config/value-kinds.ts';
import { catalogue, studyNames } from '../measures/studies/catalogue.ts';

export const studySchema = z.strictObject({
  study: field(z.enum(studyNames, { error: `expected one of ${studyNames.join(', ')}` }), {
    affects: 'numbers',
    kind: 'text',
    words: studyNames,
    help: studyNames.map((name) => `${name}: ${catalogue[name].title}`).join('; '),
  }),
  model,
  saes: field(saes.optional(), {
    affects: 'inputs',
    kind: 'path',
    value: 'DIR',
    help: 'SAEs; without them, a study is of heads alone',
  }),
  corpus: field(corpus.optional(), {
    affects: 'inputs',
    kind: 'path',
    list: true,
    value: 'PATH…',
    help: 'text, as for run; where out holds a run, its text is read instead',
  }),
  context,
  layers,
  select,
  upstreamSaes,
  processing,
  anyModel,
  out: outFolder('where the tables go: a folder of a finished run, or a new one'),
  tokens: field(whole(1).default(262_144), {
    affects: 'numbers',
    kind: 'number',
    help: 'take this many tokens of the corpus',
  }),
  batch,
  seed,
  ...engineFields,
});
export type StudyConfig = z.infer<typeof studySchema>;

export const studyCommand = {
  name: 'study',
  summary: 'one study of a model: tables and a summary',
  schema: studySchema,
  resumes: false,
} as const satisfies CommandDeclaration;
