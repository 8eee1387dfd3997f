import { join } from 'node:path';
import * as z from 'zod';
import { UserError } from '../../../errors/user-error.ts';
import { pathKind, readJsonFile } from '../../../files/files.ts';

const count = z.int().min(0);
const measured = z
  .number()
  .nullish()
  .transform((value) => value ?? null);

/** One point of a training's curve; losses are in nats a token, null where a point was not measured. */
export const curvePoint = z.object({
  step: count,
  tokens: count,
  learning_rate: measured,
  /** On what is trained on. */
  loss: measured,
  /** Ids that repeats were drawn from, and tokens a row. */
  pool: measured,
  context: measured,
  /** On random tokens of the whole vocabulary, and on the same tokens said again in one context. */
  repeats_first: measured,
  repeats_second: measured,
  /** On text that was not trained on. */
  held_out: measured,
  /** On prompts of indirect-object identification: the receiver's logit less the giver's, and the share above 0. */
  ioi_difference: measured,
  ioi_positive: measured,
});
export type CurvePoint = z.infer<typeof curvePoint>;

const curveFile = z.object({ curve: z.array(curvePoint).min(1) });

/** The training's curve, in a model's folder. */
export const curveFileName = 'training.json';

/** Whether a model's folder says how it was trained. */
export const hasCurve = async (model: string): Promise<boolean> =>
  (await pathKind(join(model, curveFileName))) === 'file';

/** The curve in a model's folder, by step. Throws UserError where there is none, or another thing. */
export async function readCurve(model: string): Promise<readonly CurvePoint[]> {
  const file = join(model, curveFileName);
  if (!(await hasCurve(model)))
    throw new UserError(`no curve of the model's training, expected ${curveFileName} beside config.json`);
  const parsed = curveFile.safeParse(await readJsonFile(file));
  if (parsed.success) return parsed.data.curve.toSorted((a, b) => a.step - b.step);
  const [issue] = parsed.error.issues;
  throw new UserError(`malformed training curve: ${issue?.path.join('.')}: ${issue?.message} (${file})`);
}
