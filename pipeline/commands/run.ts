import * as z from 'zod';
import type { CommandDeclaration } from '../config/command.ts';
import { field } from '../config/field.ts';
import {
  batch,
  budget,
  corpusFields,
  engineFields,
  outFolder,
  qualityTokens,
  seed,
  shard,
  tokens,
  upstreamSaes,
} from '../config/shared-fields.ts';
import { whole } from '../config/value-kinds.ts';
import { studyNames } from '../measures/studies/catalogue.ts';

const windowFields = {
  before: field(whole(0).default(32), {
    affects: 'numbers',
    kind: 'number',
    help: 'tokens shown before an example’s peak',
  }),
  after: field(whole(0).default(8), { affects: 'numbers', kind: 'number', help: 'tokens shown after it' }),
};
const window = z.strictObject(windowFields, { error: 'expected an object with before and after' });

const studiesMessage = `expected any of ${studyNames.join(', ')}, or none`;

/** The settings of a whole run, which those of its parts are. */
export const runFields = {
  ...corpusFields,
  out: outFolder('where the tables go'),
  tokens,
  ...engineFields,
  examples: field(whole(1, 1000).default(20), { affects: 'numbers', kind: 'number', help: 'top examples per feature' }),
  upstreamExamples: field(whole(0, 100).default(3), {
    affects: 'numbers',
    kind: 'number',
    help: 'top examples per feature whose upstream features are found (0: none)',
  }),
  upstreamSaes,
  wiring: field(whole(0, 100).default(5), {
    affects: 'numbers',
    kind: 'number',
    help: 'upstream features listed for each feature by weights alone (0: none)',
  }),
  neighbours: field(whole(0, 100).default(5), {
    affects: 'numbers',
    kind: 'number',
    help: 'nearest features listed for each feature by direction, logit effect and co-activation (0: none)',
  }),
  mapNeighbours: field(whole(0, 100).default(15), {
    affects: 'numbers',
    kind: 'number',
    help: 'nearest features that the map of features keeps near each (0: no map)',
  }),
  circuitTokens: field(whole(0).default(4096), {
    affects: 'numbers',
    kind: 'number',
    help: 'most frequent tokens that each head’s QK and OV circuits are read with (0: no circuits)',
  }),
  headSequences: field(whole(0, 1000).default(10), {
    affects: 'numbers',
    kind: 'number',
    help: 'contexts kept for each head, where it writes most, with its attention there (0: none)',
  }),
  batch,
  seed,
  qualityTokens,
  budget,
  familyExamples: field(whole(0, 1000).default(3), {
    affects: 'numbers',
    kind: 'number',
    help: 'top examples per feature whose contexts are cut short, to tell local from high-level; 0: none',
  }),
  studies: field(
    z
      .array(z.enum([...studyNames, 'none'], { error: studiesMessage }), { error: studiesMessage })
      .transform((names) => studyNames.filter((name) => names.includes(name)))
      .default([...studyNames]),
    {
      affects: 'numbers',
      kind: 'text',
      list: true,
      value: 'NAME,…',
      help: `studies that run as well: ${studyNames.join(', ')}; none`,
    },
  ),
  segmentTokens: field(whole(1).default(16_384), {
    affects: 'nothing',
    kind: 'number',
    help: 'tokens between the places where an interrupted run resumes',
  }),
  window: window.prefault({}),
};

export const runSchema = z.strictObject({ ...runFields, shard });
export type RunConfig = z.infer<typeof runSchema>;

export const runCommand = {
  name: 'run',
  summary: 'corpus → tables of what every feature and head does',
  schema: runSchema,
  resumes: true,
} as const satisfies CommandDeclaration;
