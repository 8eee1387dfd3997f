import * as z from 'zod';
import type { CommandDeclaration } from '../config/command.ts';
import { field } from '../config/field.ts';
import { engineFields, outFolder, seed } from '../config/shared-fields.ts';
import { list, positive, text, whole } from '../config/value-kinds.ts';

const trainDemoStages = ['tokenizer', 'model', 'saes', 'all'] as const;
const trainDemoSchema = z.strictObject({
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

export const trainDemoCommand = {
  name: 'train-demo',
  summary: 'trains the embedded model and its SAEs',
  schema: trainDemoSchema,
  resumes: true,
} as const satisfies CommandDeclaration;
