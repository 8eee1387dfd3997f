import type { CurvePoint } from '../measures/studies/training/curve-file.ts';

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
    `step ${step}  ${tokens} tokens  loss ${shown(loss)}  rate ${learning_rate?.toExponential(2) ?? '–'}`,
    `pool ${point.pool}  repeats ${shown(point.repeats_first)} → ${shown(point.repeats_second)}`,
    `held-out ${shown(point.held_out)}  IOI ${shown(point.ioi_difference)} (${shown(point.ioi_positive)})`,
  ];
  return text.join('  ');
}
