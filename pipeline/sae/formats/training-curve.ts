import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import { UserError } from '../../errors/user-error.ts';
import { pathKind, readJsonFile } from '../../files/files.ts';
import type { FoundSae } from './sae-source.ts';

/** As the table holds it. */
const count = z
  .int()
  .min(0)
  .max(2 ** 31 - 1);

/** A point of an SAE's training: figures are running means over the steps before it. */
export const trainingPoint = z.object({
  /** Steps done, and tokens that they trained on. */
  step: count,
  tokens: z.int().min(0),
  learning_rate: z.number().min(0),
  /** ‖x − x̂‖² of a token, of centred x of mean norm √dIn. */
  loss: z.number(),
  explained_variance: z.number(),
  /** Active features a token. */
  l0: z.number().min(0),
  /** Features that were silent for long. */
  dead: count,
  /** The least activation above 0. */
  threshold: z.number(),
});
export type TrainingPoint = z.infer<typeof trainingPoint>;

/** No chart shows more, and no training of ours writes more than a tenth of it. */
const mostPoints = 2000;

const curveFile = z.object({ curve: z.array(trainingPoint).min(1).max(mostPoints) });

/** The curve of an SAE's training, beside its cfg.json. */
export const trainingCurveFile = 'training_curve.json';

/** Where an SAE's curve is, of one that lies in a folder of its own; undefined where there is none. */
export async function trainingCurvePath({ configPath }: Pick<FoundSae, 'configPath'>): Promise<string | undefined> {
  if (configPath === undefined || basename(configPath) !== 'cfg.json') return undefined;
  const path = join(dirname(configPath), trainingCurveFile);
  return (await pathKind(path)) === 'file' ? path : undefined;
}

/** A curve's points by step. Throws UserError where the file holds another thing, or a step twice. */
export async function readTrainingCurve(path: string): Promise<readonly TrainingPoint[]> {
  const parsed = curveFile.safeParse(await readJsonFile(path));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UserError(`malformed training curve: ${issue?.path.join('.')}: ${issue?.message} (${path})`);
  }
  const curve = parsed.data.curve.toSorted((a, b) => a.step - b.step);
  const twice = curve.find(({ step }, i) => i > 0 && curve[i - 1]?.step === step);
  if (twice) throw new UserError(`malformed training curve: step ${twice.step} is there twice (${path})`);
  return curve;
}
