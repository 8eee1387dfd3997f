import * as z from 'zod';

const measured = z.number().nullable();

/** One point of a training's curve. Losses are in nats a token; null where a point was not measured. */
export const curvePointSchema = z.strictObject({
  step: z.int().min(0),
  tokens: z.int().min(0),
  learning_rate: z.number(),
  /** On what is trained on, smoothed over the last steps of a stage. */
  loss: measured,
  /** Ids that repeats are drawn from, and tokens a row. */
  pool: z.int().min(1),
  context: z.int().min(1),
  /** On random tokens of the whole vocabulary, and on the same tokens said again. */
  repeats_first: measured,
  repeats_second: measured,
  /** On text that is not trained on. */
  held_out: measured,
  /** On prompts of the IOI study: the receiver's logit less the giver's, and the part of prompts where it is above 0. */
  ioi_difference: measured,
  ioi_positive: measured,
});
export type CurvePoint = z.infer<typeof curvePointSchema>;

/** What a probe measures of a point. */
export type Measured = Pick<
  CurvePoint,
  'repeats_first' | 'repeats_second' | 'held_out' | 'ioi_difference' | 'ioi_positive'
>;

export const nothingMeasured: Measured = {
  repeats_first: null,
  repeats_second: null,
  held_out: null,
  ioi_difference: null,
  ioi_positive: null,
};

/** A point as a line of the log. */
export function curveLine({ step, tokens, loss, learning_rate, ...point }: CurvePoint): string {
  const shown = (value: number | null) => (value === null ? '–' : value.toFixed(2));
  const text = [
    `step ${step}  ${tokens} tokens  loss ${shown(loss)}  rate ${learning_rate.toExponential(2)}`,
    `pool ${point.pool}  repeats ${shown(point.repeats_first)} → ${shown(point.repeats_second)}`,
    `held-out ${shown(point.held_out)}  IOI ${shown(point.ioi_difference)} (${shown(point.ioi_positive)})`,
  ];
  return text.join('  ');
}
