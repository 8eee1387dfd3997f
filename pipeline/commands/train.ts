import * as z from 'zod';
import type { CommandDeclaration } from '../config/command.ts';
import { field } from '../config/field.ts';
import { context, corpus, engineFields, layers, model, outFolder, seed } from '../config/shared-fields.ts';
import { list, positive, whole } from '../config/value-kinds.ts';
import type { Site } from '../sae/site.ts';
import { saeKinds } from '../training/sae/kind-names.ts';

// Listed here, since the command line reads no tensors.
const sites = ['z', 'attn_out'] as const satisfies readonly Site[];

export const trainSchema = z.strictObject({
  model,
  corpus,
  out: outFolder('where the SAEs go, in SAELens layout'),
  dSae: field(whole(1).default(2048), { affects: 'numbers', kind: 'number', help: 'features of an SAE' }),
  kind: field(z.enum(saeKinds, { error: `expected one of ${saeKinds.join(', ')}` }).default('batchtopk'), {
    affects: 'numbers',
    kind: 'text',
    value: 'KIND',
    help: `how active features are chosen: ${saeKinds.join(', ')}`,
  }),
  targetL0: field(list(positive(), 'one or more numbers above 0').default([32]), {
    affects: 'numbers',
    kind: 'number',
    list: true,
    value: 'N[,N…]',
    help: 'active features per token; of several, one SAE each',
  }),
  matryoshka: field(list(whole(1), 'one or more whole numbers').optional(), {
    affects: 'numbers',
    kind: 'number',
    list: true,
    value: 'N,N…',
    help: 'also reconstruct from the first so many features alone (batchtopk)',
  }),
  site: field(z.enum(sites, { error: `expected one of ${sites.join(', ')}` }).default('z'), {
    affects: 'numbers',
    kind: 'text',
    value: 'SITE',
    help: 'what is reconstructed: z, all heads’ output before W_O, or attn_out, after it',
  }),
  tokens: field(whole(1).default(10_000_000), { affects: 'numbers', kind: 'number', help: 'tokens trained on' }),
  epochs: field(whole(1).default(1), {
    affects: 'numbers',
    kind: 'number',
    help: 'times that each token’s activations are used: the model reads 1/N of the tokens',
  }),
  layers,
  context,
  lr: field(positive().optional(), {
    affects: 'numbers',
    kind: 'number',
    help: 'learning rate (0.002, less above 2,048 features)',
  }),
  batchTokens: field(whole(1).default(1024), { affects: 'numbers', kind: 'number', help: 'tokens per step' }),
  warmupSteps: field(whole(0).optional(), {
    affects: 'numbers',
    kind: 'number',
    help: 'steps over which the learning rate rises (3 % of all)',
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
  summary: 'trains SAEs of layers, at one or several sparsities',
  schema: trainSchema,
  resumes: true,
} as const satisfies CommandDeclaration;
