import * as z from 'zod';
import type { CommandDeclaration } from '../config/command.ts';
import { field } from '../config/field.ts';
import { context, corpus, engineFields, layers, model, outFolder, seed } from '../config/shared-fields.ts';
import { list, positive, whole } from '../config/value-kinds.ts';

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

export const trainCommand = {
  name: 'train',
  summary: 'trains one SAE a layer',
  schema: trainSchema,
  resumes: true,
} as const satisfies CommandDeclaration;
