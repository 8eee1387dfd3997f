import * as z from 'zod';
import { field } from './config/field.ts';
import {
  anyModel,
  base,
  batch,
  context,
  corpus,
  corpusFields,
  engineFields,
  layers,
  maybeFolder,
  model,
  outFolder,
  port,
  processing,
  qualityTokens,
  saes,
  seed,
  tokens,
  url,
} from './config/shared-fields.ts';
import { list, positive, text, whole } from './config/value-kinds.ts';
import { catalogue, studyNames } from './measures/studies/catalogue.ts';

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

export const runSchema = z.strictObject({
  ...corpusFields,
  out: outFolder('where the tables go'),
  tokens,
  ...engineFields,
  examples: field(whole(1, 1000).default(20), { affects: 'numbers', kind: 'number', help: 'top examples a feature' }),
  upstreamExamples: field(whole(0, 100).default(3), {
    affects: 'numbers',
    kind: 'number',
    help: 'top examples a feature whose upstream features are found (0: none)',
  }),
  wiring: field(whole(0, 100).default(5), {
    affects: 'numbers',
    kind: 'number',
    help: 'upstream features listed for each feature by weights alone (0: none)',
  }),
  circuitTokens: field(whole(0).default(4096), {
    affects: 'numbers',
    kind: 'number',
    help: 'most frequent tokens that each head’s QK and OV circuits are read with (0: no circuits)',
  }),
  batch,
  seed,
  qualityTokens,
  familyExamples: field(whole(0, 1000).default(3), {
    affects: 'numbers',
    kind: 'number',
    help: 'top examples a feature whose contexts are cut short, to tell local from high-level; 0: none',
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
});
export type RunConfig = z.infer<typeof runSchema>;

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
    help: 'SAEs, for a study of features',
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

export const evaluateSchema = z.strictObject({
  ...corpusFields,
  ...engineFields,
  qualityTokens,
  json: field(text('a file').optional(), {
    affects: 'nothing',
    kind: 'path',
    value: 'FILE',
    help: 'also writes the table there',
  }),
});
export type EvaluateConfig = z.infer<typeof evaluateSchema>;

const partMessage = { error: 'expected a number from 0 to 0.9' };
export const trainSchema = z.strictObject({
  model,
  corpus,
  out: outFolder('where the SAEs go, in SAELens layout'),
  dSae: field(whole(1).default(2048), { affects: 'numbers', kind: 'number', help: 'features of an SAE' }),
  l1: field(list(positive(), 'one number above 0, or one a layer').default([1]), {
    affects: 'numbers',
    kind: 'number',
    list: true,
    value: 'N[,N…]',
    help: 'sparsity penalty: one for all layers, or one a layer',
  }),
  targetL0: field(positive().optional(), {
    affects: 'numbers',
    kind: 'number',
    help: 'active features a token: the penalty is moved until there are as many',
  }),
  tokens: field(whole(1).default(10_000_000), { affects: 'numbers', kind: 'number', help: 'tokens trained on' }),
  layers,
  context,
  lr: field(positive().default(1.2e-3), { affects: 'numbers', kind: 'number', help: 'learning rate' }),
  batchTokens: field(whole(1).default(4096), { affects: 'numbers', kind: 'number', help: 'tokens a step' }),
  warmupSteps: field(whole(0).default(1000), {
    affects: 'numbers',
    kind: 'number',
    help: 'steps over which the learning rate rises',
  }),
  resampleEvery: field(whole(1).default(2500), {
    affects: 'numbers',
    kind: 'number',
    help: 'steps between resamplings of dead features',
  }),
  gainPart: field(z.number(partMessage).min(0, partMessage).max(0.9, partMessage).default(0), {
    affects: 'numbers',
    kind: 'number',
    help: 'last part of the steps, without penalty, that undoes the shrinkage it caused (0: none)',
  }),
  dtype: field(z.enum(['float32', 'float16'], { error: 'expected float32 or float16' }).default('float32'), {
    affects: 'numbers',
    kind: 'text',
    value: 'TYPE',
    help: 'how weights are written: float32, float16',
  }),
  seed,
  ...engineFields,
});
export type TrainConfig = z.infer<typeof trainSchema>;

export const siteSchema = z.strictObject({
  run: field(text('a folder that atlas run wrote'), {
    affects: 'inputs',
    kind: 'path',
    value: 'DIR',
    help: 'tables that run wrote',
  }),
  out: outFolder('where the site goes'),
  base,
  url,
  bulk: field(z.enum(['auto', 'always', 'never'], { error: 'expected auto, always or never' }).optional(), {
    affects: 'nothing',
    kind: 'text',
    value: 'WHEN',
    help: 'write pages in bulk: auto (from 20,000 pages), always, never',
  }),
  explorer: field(z.boolean({ error: 'expected true or false' }).default(true), {
    affects: 'nothing',
    kind: 'switch',
    help: 'leave out the circuit explorer, and the model and SAEs that it is published with',
  }),
  model: maybeFolder('the run’s model, where it has moved', 'inputs'),
  saes: maybeFolder('the run’s SAEs, where they have moved', 'inputs'),
});
export type SiteConfig = z.infer<typeof siteSchema>;

export const previewSchema = z.strictObject({
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

export const demoSchema = z.strictObject({
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

const trainDemoStages = ['tokenizer', 'model', 'saes', 'all'] as const;
export const trainDemoSchema = z.strictObject({
  stage: field(z.enum(trainDemoStages, { error: `expected one of ${trainDemoStages.join(', ')}` }).default('all'), {
    affects: 'numbers',
    kind: 'text',
    value: 'STAGE',
    help: `what to train: ${trainDemoStages.join(', ')}`,
  }),
  out: outFolder('where the demo’s data goes'),
  text: field(list(text('a path'), 'one or more paths').optional(), {
    affects: 'inputs',
    kind: 'path',
    list: true,
    value: 'DIR…',
    help: 'more text to train on',
  }),
  minutes: field(positive().optional(), {
    affects: 'numbers',
    kind: 'number',
    help: 'stop the model’s training after this long',
  }),
  steps: field(whole(1).optional(), {
    affects: 'numbers',
    kind: 'number',
    help: 'stop the model’s training after as many steps',
  }),
  seed,
  ...engineFields,
});
export type TrainDemoConfig = z.infer<typeof trainDemoSchema>;

export const inductionSchema = z.strictObject({ model, seed, ...engineFields });
export type InductionConfig = z.infer<typeof inductionSchema>;
